#include "agent/diagnosis/fixes.hpp"
#include "agent/diagnosis/text.hpp"

namespace gatewatch::agent::fix {

Text dns_failed(const Facts& facts) {
    return say(
        "Mend the DNS record of {0}, or the resolver of this host: dig +short {0}; cat "
        "/etc/resolv.conf",
        "修复 {0} 的 DNS 记录，或本机的解析器：dig +short {0}；cat /etc/resolv.conf",
        values_of(facts.gateway()).public_host);
}

Text tcp_refused(const Facts& facts) {
    return say(
        "Nothing listens at {}. Start nginx, and see that it has a `listen` for this port:\n"
        "nginx -t && systemctl start nginx\nss -ltnp",
        "{} 无人监听。启动 nginx，并确认它的 `listen` 包含该端口：\nnginx -t && systemctl start "
        "nginx\nss -ltnp",
        values_of(facts.gateway()).public_url);
}

Text tcp_timeout(const Facts& facts) {
    return say(
        "Packets to {} are dropped: open the port in the firewall and in the cloud's security group, "
        "and see that the address is the right host's.",
        "发往 {} 的数据包被丢弃：在防火墙与云安全组中放行该端口，并确认地址指向正确的主机。",
        values_of(facts.gateway()).public_url);
}

Text tls_expired(const Facts& facts) {
    const Values v = values_of(facts.gateway());
    const Text server = server_block(v);
    const std::string name = v.public_by_name ? fmt::format(" -servername {}", v.public_host) : "";
    const std::string dates = fmt::format(
        "openssl s_client -connect {}{} </dev/null | openssl x509 -noout -dates", v.public_address, name);
    return {
        fmt::format("Renew the certificate in {} and reload nginx (certbot renew && nginx -s reload), and "
                    "check this host's clock. See its dates:\n{}",
                    server.en, dates),
        fmt::format("续期 {}中的证书并重载 nginx（certbot renew && nginx -s reload），同时检查本机时钟。"
                    "查看有效期：\n{}",
                    server.zh, dates)};
}

Text tls_untrusted(const Facts& facts) {
    const Text server = server_block(values_of(facts.gateway()));
    return {
        fmt::format("Let ssl_certificate in {} name the full chain (fullchain.pem, with the intermediate), "
                    "not the leaf alone or a self-signed one. For a private CA set ca_file in the route of "
                    "Gatewatch's configuration.",
                    server.en),
        fmt::format("{}中的 ssl_certificate 应为完整证书链（fullchain.pem，含中间证书），而非仅叶证书或自签"
                    "证书。若使用私有 CA，请在 Gatewatch 配置的路由中设置 ca_file。",
                    server.zh)};
}

Text tls_name_mismatch(const Facts& facts) {
    const Values v = values_of(facts.gateway());
    const Text server = server_block(v);
    return {
        fmt::format("The certificate does not name {0}. Issue one with {0} among its subject alternative "
                    "names, or let {1} use the right one.",
                    v.public_host, server.en),
        fmt::format("证书不包含 {0}。请签发 subject alternative name 含 {0} 的证书，或让 {1}使用正确的证书。",
                    v.public_host, server.zh)};
}

Text tls_not_tls(const Facts& facts) {
    return say(
        "Scheme and port of {0} do not fit each other: either correct the URL (https and wss on the "
        "TLS port, http and ws on the plain one), or write `listen 443 ssl;` in nginx.",
        "{0} 的协议与端口不匹配：修正 URL（TLS 端口用 https/wss，明文端口用 http/ws），或在 nginx 中写"
        " `listen 443 ssl;`。",
        values_of(facts.gateway()).public_url);
}

}  // namespace gatewatch::agent::fix
