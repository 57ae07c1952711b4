"""Firewalls that drop what they don't know: what has to be opened, and what goes on when it isn't."""

from __future__ import annotations

from tests.lan.hosts import Lan
from tests.processes import until

MAIN, GROUPS, PEER = 5050, "40000-40009", 5999


def test_the_named_ports_are_enough_and_without_the_agents_the_mailbox_carries(lan: Lan) -> None:
    server, first, second = (lan.host(name, f"10.78.0.{n}/24") for n, name in enumerate(("server", "one", "two"), 1))
    authority = lan.authority(server, "--port", str(MAIN), "--group-ports", GROUPS)
    server.firewall(f"dport {MAIN}", f"dport {GROUPS}")
    # arash's host lets in the port that was given to the agent, sara's nothing but answers
    first.firewall(f"dport {PEER}", f"sport {MAIN}", f"sport {GROUPS}")
    second.firewall(f"sport {MAIN}", f"sport {GROUPS}", f"sport {PEER}")
    arash = lan.account(first, "arash", authority.line("owner: "), "--listen-port", str(PEER))
    sara = lan.account(second, "sara", authority.join_link)

    straight = sara.write(arash, "through the open port")
    sara.await_state("arash", straight, "delivered")
    assert first.connections(PEER)

    # the other way round there is no way in: the mailbox has it, and the receipt comes straight or by mailbox
    mailed = arash.write(sara, "by mailbox")
    arash.await_state("sara", mailed, "authority", "delivered")
    until(lambda: [one["text"] for one in sara.chat("arash")].count("by mailbox") == 1)
    arash.await_state("sara", mailed, "delivered")
    assert not second.connections(sara.listener_port())
    # and from now on nobody waits for the network's patience first
    arash.write(sara, "at once")
    until(lambda: "at once" in [one["text"] for one in sara.chat("arash")], 3)

    gid = arash.api.call("public_chat_method", user_to_add=["sara"], name="Walled")["group_id"]
    until(lambda: [c for c in sara.api.call("snapshot")["conversations"] if c["kind"] == "group"])
    sara.api.call("answer_invitation", group_id=gid, join=True)
    sara.api.call("send_public_message", message="hello, group", group_id=gid)
    until(lambda: "hello, group" in [one["text"] for one in arash.chat("Walled")])

    # and if neither lets the other in
    first.ip("rule", "del", "pref", "10", "dport", str(PEER), "ipproto", "tcp")
    for one, other in ((arash, sara), (sara, arash)):
        word = f"walled {one.name}"
        one.await_state(other.name, one.write(other, word), "authority", "delivered", seconds=25)
        until(lambda one=one, other=other, word=word: word in [m["text"] for m in other.chat(one.name)])
