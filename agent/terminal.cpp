#include "agent/terminal.hpp"

#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <string_view>

namespace gatewatch::agent {
namespace {

constexpr char interrupt = '\x03';
constexpr char end_of_input = '\x04';
constexpr int rest_of_paste_ms = 50;
constexpr std::size_t most_input = 64 * 1024;

/// Byte by byte without echo and without signals, so that nothing can end the program before the terminal is
/// as it was; beyond the 4095 bytes of a line that a terminal holds back, too.
class Unseen {
  public:
    explicit Unseen(int terminal) : terminal_(terminal), known_(::tcgetattr(terminal, &before_) == 0) {
        if (!known_) return;
        termios unseen = before_;
        unseen.c_lflag &= ~static_cast<tcflag_t>(ECHO | ICANON | ISIG);
        unseen.c_cc[VMIN] = 1;
        unseen.c_cc[VTIME] = 0;
        ::tcsetattr(terminal_, TCSADRAIN, &unseen);
    }
    Unseen(const Unseen&) = delete;
    Unseen& operator=(const Unseen&) = delete;
    ~Unseen() {
        if (known_) ::tcsetattr(terminal_, TCSAFLUSH, &before_);
    }

  private:
    int terminal_;
    termios before_{};
    bool known_;
};

/// The lines of one paste come at once: the rest of a token that was copied with line breaks must not reach
/// the shell as its next command.
bool more_comes(int terminal) {
    pollfd ready{.fd = terminal, .events = POLLIN, .revents = 0};
    return ::poll(&ready, 1, rest_of_paste_ms) > 0;
}

std::string read_unseen(int terminal, const std::string& prompt) {
    const Unseen unseen(terminal);
    // Not before: whoever is prompted may be a program, and fast.
    std::fputs(prompt.c_str(), stderr);
    std::fflush(stderr);
    std::string text;
    char byte = 0;
    while (text.size() < most_input && ::read(terminal, &byte, 1) == 1) {
        if (byte == end_of_input) break;
        text += byte;
        if (byte == interrupt) break;
        if (byte == '\n' && !more_comes(terminal)) break;
    }
    return text;
}

}  // namespace

bool can_draw(std::FILE* file) {
    const char* terminal = std::getenv("TERM");
    return ::isatty(::fileno(file)) == 1 && terminal && std::string_view(terminal) != "dumb";
}

bool wants_colour(std::FILE* file) {
    const char* refused = std::getenv("NO_COLOR");
    return can_draw(file) && !(refused && *refused);
}

UnseenInput::int_type UnseenInput::underflow() {
    if (read_) return traits_type::eof();
    read_ = true;
    text_ = read_unseen(STDIN_FILENO, prompt_);
    if (text_.ends_with(interrupt)) std::raise(SIGINT);
    setg(text_.data(), text_.data(), text_.data() + text_.size());
    return text_.empty() ? traits_type::eof() : traits_type::to_int_type(text_.front());
}

}  // namespace gatewatch::agent
