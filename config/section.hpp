// Reads one section of a parsed file key by key and reports what is wrong with it. A key that is wrong leaves
// the default in place, so that reading goes on and every error of a file is found at once. Used by the
// read_*.cpp files.
#pragma once

#include <toml++/toml.h>

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/loader.hpp"

namespace gatewatch::config {

/// What has been found wrong so far.
class Report {
  public:
    explicit Report(std::string_view file) : file_(file) {}

    void error(toml::source_position where, Text message) {
        errors_.push_back(make(where, std::move(message)));
    }
    void warning(toml::source_position where, Text message) {
        warnings_.push_back(make(where, std::move(message)));
    }
    [[nodiscard]] bool failed() const { return !errors_.empty(); }

    /// Sorted by place, at most a hundred and a line that counts the others.
    [[nodiscard]] std::vector<Problem> take_errors() { return tidy(std::move(errors_)); }
    [[nodiscard]] std::vector<Problem> take_warnings() { return tidy(std::move(warnings_)); }

  private:
    [[nodiscard]] Problem make(toml::source_position where, Text message) const;
    [[nodiscard]] std::vector<Problem> tidy(std::vector<Problem> problems) const;

    std::string file_;
    std::vector<Problem> errors_;
    std::vector<Problem> warnings_;
};

class Section {
  public:
    /// `name` is the dotted one, such as "gateway.token"; unknown keys are reported at once.
    Section(const toml::table& table, std::string name, Report& report);

    /// Reads text; `parse` is string_view → Parsed<value>. False: absent or wrong, `into` is as it
    /// was.
    template <class Into, class Parse>
    bool read(std::string_view key, Into& into, Parse parse) {
        const auto value = text(key);
        if (!value) return false;
        auto parsed = parse(*value);
        if (!parsed) {
            error(key, parsed.error());
            return false;
        }
        into = std::move(*parsed);
        return true;
    }
    template <class Into>
    bool read_duration(std::string_view key, Into& into, Duration least, Duration most) {
        const auto value = duration(key, least, most);
        if (value) into = *value;
        return value.has_value();
    }
    /// Text, or a list of texts, at most `most`; each with its place, so that what is wrong with one can be
    /// told there.
    struct Item {
        std::string text;
        toml::source_position where;
    };
    [[nodiscard]] std::vector<Item> read_texts(std::string_view key, std::size_t most);
    void read_bool(std::string_view key, std::optional<bool>& into);
    void read_integer(std::string_view key, std::int64_t& into);

    /// The section of that name below this one, or nullptr.
    [[nodiscard]] const toml::table* table(std::string_view key);
    /// The sections of a [[name]] below this one.
    [[nodiscard]] std::vector<const toml::table*> tables(std::string_view key);

    [[nodiscard]] bool has(std::string_view key) const { return table_.contains(key); }
    /// Reports it if it is not there.
    void require(std::string_view key);

    /// At the key's value, or at the section's beginning.
    [[nodiscard]] toml::source_position where(std::string_view key) const;
    /// At the section's beginning.
    void error_here(Text message) { report_.error(table_.source().begin, std::move(message)); }
    /// "key: message", at one of its items.
    void error(std::string_view key, const Item& item, const Text& message);
    /// "key: message", at its place.
    void error(std::string_view key, const Text& message);
    void warning(std::string_view key, const Text& message);

    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] Report& report() { return report_; }

  private:
    [[nodiscard]] std::optional<std::string> text(std::string_view key);
    [[nodiscard]] std::optional<Duration> duration(std::string_view key, Duration least, Duration most);
    void wrong_type(std::string_view key, const toml::node& node);
    void report_unknown_keys();

    const toml::table& table_;
    std::string name_;
    Report& report_;
};

}  // namespace gatewatch::config
