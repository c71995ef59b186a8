#include "probes/token_source.hpp"

#include <fmt/format.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <cstdlib>
#include <utility>

#include "probes/caching_token_source.hpp"
#include "probes/net/http_once.hpp"
#include "probes/secret_file.hpp"

namespace gatewatch::probes {

namespace asio = boost::asio;
using Clock = SteadyTime (*)();

namespace {

using Token = std::expected<std::optional<Secret>, Text>;

const Text label{"token: ", "token："};

Token as_token(std::expected<Secret, Text> secret) {
    if (!secret) return std::unexpected(label + secret.error());
    return *std::move(secret);
}

class NoSource : public TokenSource {
  public:
    asio::awaitable<Token> get(SteadyTime) override { co_return std::nullopt; }
};

class FileSource : public TokenSource {
  public:
    explicit FileSource(config::TokenFile settings) : settings_(std::move(settings)) {}
    asio::awaitable<Token> get(SteadyTime) override { co_return as_token(read_secret_file(settings_.path)); }

  private:
    config::TokenFile settings_;
};

class EnvSource : public TokenSource {
  public:
    explicit EnvSource(config::TokenEnv settings) : settings_(std::move(settings)) {}

    asio::awaitable<Token> get(SteadyTime) override {
        const char* value = std::getenv(settings_.variable.c_str());
        if (value == nullptr) {
            co_return std::unexpected(
                label + say("environment variable {} is not set; set it where gatewatch is started",
                            "环境变量 {} 未设置；请在启动 gatewatch 的地方设置它", settings_.variable));
        }
        auto secret = trimmed_secret(value);
        if (!secret) {
            co_return std::unexpected(
                label + say("environment variable {} ", "环境变量 {} ", settings_.variable) + secret.error());
        }
        co_return *std::move(secret);
    }

  private:
    config::TokenEnv settings_;
};

class MysqlSource : public CachingTokenSource {
  public:
    MysqlSource(config::TokenMysql settings, mysql::TokenCollector* collector, Clock clock)
        : CachingTokenSource(clock), settings_(settings), collector_(collector) {}

  protected:
    asio::awaitable<Fetched> fetch(SteadyTime deadline) override {
        if (collector_ == nullptr) {
            co_return std::unexpected(FetchError{Text{"mysql_user_id needs [gateway.mysql]; configure it",
                                                      "mysql_user_id 需要 [gateway.mysql]；请配置它"},
                                                 true});
        }
        auto token = co_await collector_->fetch_token(settings_.user_id, deadline);
        if (!token) co_return std::unexpected(FetchError{std::move(token.error()), false});
        co_return *std::move(token);
    }

  private:
    config::TokenMysql settings_;
    mysql::TokenCollector* collector_;
};

/// The token in the answer to a login, where such answers usually have it; nullptr if nowhere.
const boost::json::string* find_token(const boost::json::value& answer) {
    const auto* object = answer.if_object();
    if (object == nullptr) return nullptr;
    for (const std::string_view name : {"token", "access_token", "accessToken"}) {
        const auto* value = object->if_contains(name);
        if (value != nullptr && value->is_string() && !value->get_string().empty())
            return &value->get_string();
    }
    const auto* data = object->if_contains("data");
    return data == nullptr ? nullptr : find_token(*data);
}

class LoginSource : public CachingTokenSource {
  public:
    LoginSource(config::TokenLogin settings, Clock clock)
        : CachingTokenSource(clock), settings_(std::move(settings)) {}

  protected:
    asio::awaitable<Fetched> fetch(SteadyTime deadline) override {
        auto password = read_secret_file(settings_.password_file);
        if (!password) co_return std::unexpected(FetchError{std::move(password.error()), false});
        boost::json::object credentials;
        credentials["username"] = settings_.username;
        credentials["password"] = password->reveal();
        net::HttpRequest request;
        request.method = "POST";
        request.headers = {{"Content-Type", "application/json"}, {"Accept", "application/json"}};
        request.body = boost::json::serialize(credentials);
        const auto reply = co_await net::http_once(settings_.url, std::move(request), std::nullopt, deadline);
        if (!reply) {
            co_return std::unexpected(FetchError{
                say("login at {} failed: {}", "在 {} 登录失败：{}", settings_.url, reply.error().detail),
                false});
        }
        co_return token_in(*reply);
    }

  private:
    [[nodiscard]] Fetched token_in(const net::HttpReply& reply) const;

    config::TokenLogin settings_;
};

LoginSource::Fetched LoginSource::token_in(const net::HttpReply& reply) const {
    const auto& url = settings_.url;
    if (reply.status < 200 || reply.status > 299) {
        const bool denied =
            reply.status == 400 || reply.status == 401 || reply.status == 403 || reply.status == 429;
        return std::unexpected(
            FetchError{say("login at {} answered {}; ", "在 {} 登录得到 {}；", url, reply.status) +
                           (denied ? Text{"check username and password_file in [gateway.token]",
                                          "请检查 [gateway.token] 中的 username 和 password_file"}
                                   : Text{"check its url and the backend", "请检查其 url 和后端"}),
                       denied});
    }
    boost::system::error_code error;
    const auto answer = boost::json::parse(reply.body, error);
    const auto* token = error ? nullptr : find_token(answer);
    if (token == nullptr) {
        return std::unexpected(
            FetchError{say("login at {} answered {} without a token in its JSON (token, access_token, "
                           "accessToken, or these in data); check url in [gateway.token]",
                           "在 {} 登录得到 {}，但其 JSON 中没有 token（token、access_token、accessToken，"
                           "或位于 data 中）；请检查 [gateway.token] 中的 url",
                           url, reply.status),
                       false});
    }
    auto secret = trimmed_secret({token->data(), token->size()});
    if (!secret)
        return std::unexpected(
            FetchError{say("the token from {} ", "来自 {} 的 token ", url) + secret.error(), false});
    return *std::move(secret);
}

}  // namespace

std::unique_ptr<TokenSource> make_token_source(const config::TokenSettings& settings,
                                               mysql::TokenCollector* collector, Clock clock) {
    struct Maker {
        mysql::TokenCollector* collector;
        Clock clock;
        using Made = std::unique_ptr<TokenSource>;
        Made operator()(const std::monostate&) const { return std::make_unique<NoSource>(); }
        Made operator()(const config::TokenFile& file) const { return std::make_unique<FileSource>(file); }
        Made operator()(const config::TokenEnv& env) const { return std::make_unique<EnvSource>(env); }
        Made operator()(const config::TokenMysql& user) const {
            return std::make_unique<MysqlSource>(user, collector, clock);
        }
        Made operator()(const config::TokenLogin& login) const {
            return std::make_unique<LoginSource>(login, clock);
        }
    };
    return std::visit(Maker{collector, clock}, settings.source);
}

}  // namespace gatewatch::probes
