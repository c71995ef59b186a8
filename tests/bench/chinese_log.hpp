// The log that the benchmarks read: lines of a Chinese backend, one in a hundred of which is one of those
// that Gatewatch knows. The same at each run. Used by the programs of this folder.
#pragma once

#include <fmt/format.h>

#include <array>
#include <random>
#include <string>
#include <string_view>

namespace gatewatch::bench {

class ChineseLog {
  public:
    /// A line with its line feed.
    [[nodiscard]] std::string line() { return (random_() % 100 == 0 ? known_line() : other_line()) + '\n'; }
    [[nodiscard]] std::size_t known_lines() const { return known_; }

  private:
    std::string known_line() {
        static constexpr std::array lines{"Token from auth: 存在", "Token from header: 不存在",
                                          "Token 不存在或已被撤销", "Token 已过期", "Token 验证成功"};
        ++known_;
        const auto which = random_() % (lines.size() + 1);
        return which == lines.size() ? fmt::format("客户端 {} 尝试连接", sid()) : lines[which];
    }
    std::string other_line() {
        const auto number = [this] { return random_() % 100'000; };
        switch (random_() % 6) {
            case 0:
                return fmt::format("用户 {} 加入房间 room-{}，当前在线人数 {}", number(), number(), number());
            case 1:
                return fmt::format("消息已送达：会话 {} 序号 {} 耗时 {} 毫秒", number(), number(), number());
            case 2:
                return fmt::format("定时任务完成，清理了 {} 条过期会话，保留 {} 条", number(), number());
            case 3:
                return fmt::format("订单 {} 支付成功，金额 {} 元，渠道 {}", number(), number(), number());
            case 4:
                return fmt::format("缓存命中率 {}%，键数量 {}，淘汰 {} 个", number(), number(), number());
            default:
                return fmt::format("推送通知到设备 {}，批次 {}，重试 {} 次", number(), number(), number());
        }
    }
    std::string sid() {
        static constexpr std::string_view alphabet =
            "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-";
        std::string text(20, ' ');
        for (char& c : text) c = alphabet[random_() % alphabet.size()];
        return text;
    }

    std::mt19937 random_{20261122};
    std::size_t known_ = 0;
};

}  // namespace gatewatch::bench
