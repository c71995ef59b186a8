// The way to the public address: name, TCP, TLS. The reason alone decides; that the local route works only
// tells that the fault is before the backend, which the order of the rules already says.
#include "agent/diagnosis/rules.hpp"

namespace gatewatch::agent::rule {

using probes::Outcome;
using probes::Phase;
using probes::Reason;

namespace {

MaybeFinding by_reason(const Facts& facts, std::initializer_list<Reason> reasons) {
    const Matches matches = [reasons](const Outcome& outcome) { return is_any(outcome, reasons); };
    return found(facts.failure(Role::public_, matches));
}

}  // namespace

MaybeFinding dns_failed(const Facts& facts) {
    return found(facts.failure(Role::public_, [](const Outcome& o) {
        return is_any(o, {Reason::dns_nxdomain, Reason::dns_timeout, Reason::dns_error}) ||
               silent_in(o, {Phase::resolve});
    }));
}

MaybeFinding tcp_refused(const Facts& facts) {
    return by_reason(facts, {Reason::tcp_refused});
}

MaybeFinding tcp_timeout(const Facts& facts) {
    return found(facts.failure(Role::public_, [](const Outcome& o) {
        return is_any(o, {Reason::tcp_timeout}) || silent_in(o, {Phase::connect});
    }));
}

MaybeFinding tls_expired(const Facts& facts) {
    return by_reason(facts, {Reason::tls_expired, Reason::tls_not_yet_valid});
}

MaybeFinding tls_untrusted(const Facts& facts) {
    return by_reason(facts, {Reason::tls_untrusted});
}

MaybeFinding tls_name_mismatch(const Facts& facts) {
    return by_reason(facts, {Reason::tls_name_mismatch});
}

MaybeFinding tls_not_tls(const Facts& facts) {
    return by_reason(facts, {Reason::tls_not_tls, Reason::plain_http_on_tls});
}

}  // namespace gatewatch::agent::rule
