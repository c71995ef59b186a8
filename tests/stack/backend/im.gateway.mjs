// The Socket.IO gateway on /im. It checks the token in handleConnection, which Nest calls after the CONNECT
// has been acknowledged: a bad token is acknowledged first and rejected afterwards. Its log lines are what
// Gatewatch reads.
import { WebSocketGateway } from '@nestjs/websockets';
import { gatewayOptions } from './gateway-options.mjs';
import { complain, log } from './log.mjs';
import { faults } from './settings.mjs';
import { Tokens } from './tokens.mjs';
import { constructedWith } from './wiring.mjs';

const presence = (token) => (token ? '存在' : '不存在');
const headerOnly = faults.has('token-missing');
const open = faults.has('backend-no-guard');

export class ImGateway {
    constructor(tokens) {
        this.tokens = tokens;
    }

    afterInit(server) {
        if (faults.has('backend-connect-unanswered')) server.use(() => {});
    }

    async handleConnection(client) {
        try {
            log(`客户端 ${client.id} 尝试连接`);
            const token = readToken(client.handshake);
            if (open) return welcome(client, 0);
            if (!token) {
                log('缺少 token');
                return reject(client);
            }
            const userId = await this.verify(token);
            if (userId === undefined) return reject(client);
            welcome(client, userId);
        } catch (error) {
            complain(`连接处理错误: ${error.message}`);
            reject(client);
        }
    }

    handleDisconnect(client) {
        log(`客户端 ${client.id} 断开连接`);
    }

    // The id of the token's user, or undefined where the token does not open the door.
    async verify(token) {
        log(`验证 Token: ${token.slice(0, 20)}...`);
        const row = await this.tokens.find(token);
        if (!row) {
            log('Token 不存在或已被撤销');
            return undefined;
        }
        if (row.expires_at <= new Date()) {
            log('Token 已过期');
            return undefined;
        }
        log('Token 验证成功');
        return row.user_id;
    }
}
WebSocketGateway(gatewayOptions)(ImGateway);
constructedWith(ImGateway, Tokens);

function readToken(handshake) {
    const fromAuth = headerOnly ? undefined : handshake.auth?.token;
    const fromHeader = handshake.headers.authorization?.replace(/^Bearer /i, '');
    log(`Token from auth: ${presence(fromAuth)}`);
    log(`Token from header: ${presence(fromHeader)}`);
    return fromAuth || fromHeader;
}

function welcome(client, userId) {
    client.data.userId = userId;
    client.emit('connected', { userId, message: '连接成功' });
}

function reject(client) {
    client.emit('error', { message: '无效的认证令牌' });
    client.disconnect();
}
