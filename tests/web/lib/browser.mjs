// A headless Chromium, driven over the DevTools protocol by what the reference deployment has installed anyway.
// https://chromedevtools.github.io/devtools-protocol/
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { until } from '../../stack/lib/failure.mjs';

const WebSocket = createRequire(new URL('../../stack/package.json', import.meta.url))('ws');

// A name that leads to this host although it is not its name, as an attacker's does after DNS rebinding. No other
// name resolves: nothing that the browser does by itself leaves the host.
export const foreign_name = 'rebound.example';
const names = `MAP ${foreign_name} 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost`;

/// One tab. Everything that the console, the policy or the network had to say is kept.
class Page {
    complaints = [];
    requests = [];

    constructor(browser, session) {
        this.browser = browser;
        this.session = session;
    }

    send(method, params = {}) {
        return this.browser.send(method, params, this.session);
    }

    on_event(method, params) {
        if (method === 'Runtime.exceptionThrown')
            this.complaints.push(JSON.stringify(params.exceptionDetails));
        if (method === 'Runtime.consoleAPICalled') this.complaints.push(JSON.stringify(params.args));
        if (method === 'Log.entryAdded')
            this.complaints.push(`${params.entry.text} ${params.entry.url ?? ''}`);
        if (method === 'Network.requestWillBeSent') this.requests.push(params.request.url);
    }

    async open(url) {
        const { errorText } = await this.send('Page.navigate', { url });
        if (errorText) throw new Error(`cannot open ${url}: ${errorText}`);
        await this.until(
            `${url} is loaded`,
            `document.readyState === 'complete' && location.href !== 'about:blank'`,
        );
    }

    /// The value of an expression in the page; a promise is waited for.
    async value(expression) {
        const { result, exceptionDetails } = await this.send('Runtime.evaluate', {
            expression,
            awaitPromise: true,
            returnByValue: true,
            userGesture: true,
        });
        if (exceptionDetails)
            throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
        return result.value;
    }

    /// Waits until an expression in the page is true, and gives its value.
    async until(what, expression, seconds = 60) {
        try {
            return await until(what, () => this.value(expression), { seconds });
        } catch (error) {
            error.message += `. The page: ${await this.value('document.body.innerText.slice(0, 600)')}`;
            throw error;
        }
    }

    text(selector) {
        return this.value(`document.querySelector(${JSON.stringify(selector)}).innerText`);
    }

    async press(key) {
        for (const type of ['keyDown', 'keyUp'])
            await this.send('Input.dispatchKeyEvent', { type, key, code: key, ...keys[key] });
    }

    screen(width, height) {
        const size = { width, height, deviceScaleFactor: 1, mobile: width < 600 };
        return this.send('Emulation.setDeviceMetricsOverride', size);
    }

    colours(scheme) {
        const features = [{ name: 'prefers-color-scheme', value: scheme }];
        return this.send('Emulation.setEmulatedMedia', { features });
    }

    close() {
        return this.send('Page.close');
    }
}

const keys = {
    Tab: { windowsVirtualKeyCode: 9 },
    Enter: { windowsVirtualKeyCode: 13, text: '\r' },
};

export class Browser {
    #answers = new Map();
    #pages = new Map();
    #next = 0;

    static async start() {
        const browser = new Browser();
        browser.home = mkdtempSync(path.join(os.tmpdir(), 'gatewatch-chromium-'));
        const options = [
            '--headless=new',
            '--disable-gpu',
            '--disable-dev-shm-usage',
            '--no-first-run',
            '--disable-background-networking',
            '--disable-component-update',
            '--disable-sync',
            '--remote-debugging-port=0',
            `--user-data-dir=${browser.home}`,
            `--host-resolver-rules=${names}`,
        ];
        // Chromium's sandbox refuses to run as root.
        if (process.getuid() === 0) options.push('--no-sandbox');
        browser.process = spawn('chromium', [...options, 'about:blank'], {
            stdio: ['ignore', 'ignore', 'pipe'],
        });
        await browser.#connect();
        return browser;
    }

    async #connect() {
        let said = '';
        let broken;
        this.process.on('error', (error) => (broken = error));
        this.process.stderr.on('data', (data) => (said += data));
        const url = await until('Chromium listens', () => {
            if (broken) throw broken;
            if (this.process.exitCode !== null) throw new Error(`Chromium has ended: ${said}`);
            return /DevTools listening on (ws:\S+)/.exec(said)?.[1];
        });
        this.socket = new WebSocket(url);
        await new Promise((resolve, reject) => this.socket.on('open', resolve).on('error', reject));
        this.socket.on('message', (data) => this.#on_message(JSON.parse(data)));
    }

    #on_message({ id, method, params, result, error, sessionId }) {
        if (!id) {
            this.#pages.get(sessionId)?.on_event(method, params);
            return;
        }
        const { resolve, reject } = this.#answers.get(id);
        this.#answers.delete(id);
        if (error) reject(new Error(error.message));
        else resolve(result);
    }

    send(method, params = {}, sessionId = undefined) {
        const id = ++this.#next;
        this.socket.send(JSON.stringify({ id, method, params, sessionId }));
        return new Promise((resolve, reject) => this.#answers.set(id, { resolve, reject }));
    }

    async page() {
        const { targetId } = await this.send('Target.createTarget', { url: 'about:blank' });
        const { sessionId } = await this.send('Target.attachToTarget', { targetId, flatten: true });
        const page = new Page(this, sessionId);
        this.#pages.set(sessionId, page);
        for (const domain of ['Page', 'Runtime', 'Log', 'Network']) await page.send(`${domain}.enable`);
        return page;
    }

    async stop() {
        const ended = new Promise((resolve) => this.process.on('exit', resolve));
        await this.send('Browser.close').catch(() => {});
        await ended;
        rmSync(this.home, { recursive: true, force: true, maxRetries: 5 });
    }
}
