// Who may make the agent do something: a POST from the agent's own page, or from a program on purpose, and
// never one that some other site put into a browser. Pure. Used by endpoints.cpp.
//
// The agent has no passwords: whoever reaches its port may ask for a run or a reload. A page of another site
// reaches it too, through the browser of somebody who does, so every POST must show that no such page made
// it:
// - `X-Gatewatch: run`, or `reload`: a form cannot send it, and a script of another origin only after a
//   preflight, which gets no CORS header from this server and so fails.
// - `Sec-Fetch-Site`, where sent, is same-origin or none; `Origin`, where sent, is the origin of the Host.
// - The Host is an IP address, localhost, or the host that the agent listens on. That ends DNS rebinding: a
//   name that its owner first points to his site and then to this agent makes his page same-origin with us in
//   every other respect, but the Host remains his name. An agent that is reached through a proxy under a name
//   of its own is told 403 as well: ask it by address, or let the proxy send the address as Host and Origin.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "agent/web/server.hpp"
#include "config/text.hpp"

namespace gatewatch::agent::web {

/// Why the POST is refused, in one sentence for who sent it; nothing if it is not. `word` is what X-Gatewatch
/// must say: the word for one request is none for another.
[[nodiscard]] std::optional<Text> refuse_post(const Request& request, std::string_view word);

}  // namespace gatewatch::agent::web
