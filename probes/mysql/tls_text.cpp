#include "probes/mysql/tls_text.hpp"

#include <algorithm>
#include <initializer_list>
#include <string_view>

#include "probes/mysql/reach.hpp"

namespace gatewatch::probes::mysql {

Text tls_trouble(const std::string& message, const config::MysqlSettings& settings) {
    const auto says = [&](std::initializer_list<std::string_view> any) {
        return std::ranges::any_of(any, [&](auto words) { return message.contains(words); });
    };
    const auto ca_file = settings.ca_file.value_or("").native();
    if (says({"does not support it", "doesn't support it"})) {
        return {
            "the server offers no TLS, so the password was not sent; give it ssl_cert and ssl_key, or remove "
            "ca_file in [gateway.mysql]",
            "服务器不提供 TLS，因此没有发送密码；请为它配置 ssl_cert 和 ssl_key，或删除 [gateway.mysql] 中的 "
            "ca_file"};
    }
    if (says({"expired"})) {
        return {"the server's certificate has expired; renew it", "服务器证书已过期；请更新证书"};
    }
    if (says({"not yet valid"})) {
        return {"the server's certificate is not yet valid; check the clocks of both hosts",
                "服务器证书尚未生效；请检查两台主机的时钟"};
    }
    if (says({"self-signed", "self signed", "issuer certificate", "first certificate", "signature failure",
              "verify failed"})) {
        return say("no CA in ca_file '{}' has signed the server's certificate; put the CA there that has",
                   "ca_file '{}' 中没有签发服务器证书的 CA；请换成签发它的 CA", ca_file);
    }
    if (says({"Validation of SSL server certificate", "ostname", "host name", "matching functions"})) {
        return say(
            "the server's certificate does not name '{0}'; write an address that it names, or have it "
            "made for '{0}'",
            "服务器证书不包含 '{0}'；请在 address 中写证书所含的名称，或为 '{0}' 重新签发证书",
            split_address(settings.address).host);
    }
    if (says({"No such file", "Permission denied", "no certificate or crl", "PEM", "SSL_CTX"})) {
        return say(
            "ca_file '{}' cannot be used: {}; it must be a PEM file that the user gatewatch runs as can "
            "read",
            "ca_file '{}' 无法使用：{}；它必须是 gatewatch 运行用户可读的 PEM 文件", ca_file, message);
    }
    return say("{}; see that the server speaks TLS 1.2 or newer", "{}；请确认服务器支持 TLS 1.2 或更高版本",
               message);
}

}  // namespace gatewatch::probes::mysql
