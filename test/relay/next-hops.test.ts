import { describe, expect, it } from "vitest";
import { PROFILES } from "../../src/core/alg/index.js";
import { AlgStage } from "../../src/core/relay/alg-stage.js";
import { AlgSwitch } from "../../src/core/relay/alg-switch.js";
import type { RelayStage } from "../../src/core/relay/stage.js";
import { contactOf, INVITE } from "./conversation.js";
import { Rig } from "./rig.js";

const message = (start: string, headers: readonly string[]): string => [start, ...headers, "Content-Length: 0", "", ""].join("\r\n");
const headers = (n: number, method = "OPTIONS"): string[] => [
	`Via: SIP/2.0/TCP 198.51.100.2:5060;branch=z9hG4bKs${n}`,
	"From: <sip:room@im.example.com>;tag=r1",
	"To: <sip:bob@example.com>;tag=9fx",
	"Call-ID: c1@ue-bob",
	`CSeq: ${n} ${method}`,
];
const request = (uri: string, n: number, method = "OPTIONS"): string =>
	message(`${method} ${uri} SIP/2.0`, [...headers(n, method), "Max-Forwards: 70"]);
const answer = (n: number, method = "OPTIONS"): string => message("SIP/2.0 200 OK", headers(n, method));

/** Two clients behind one address, each with its connection through the box to the same server. */
function pair(transport: "tcp" | "udp", stage: RelayStage) {
	const flow = { transport };
	const bob = new Rig([stage], { flow });
	const other = new Rig([], { beside: bob, flow });
	bob.send(0, INVITE);
	return { bob, other, shown: contactOf(bob.text(0)) };
}
const found = (rig: Rig, id: string) => rig.entries.filter(({ problems }) => problems.some((problem) => problem.id === id));

for (const transport of ["tcp", "udp"] as const) {
	describe(`a request for a client that another connection leads to, over ${transport}`, () => {
		it("goes over that connection, and its response comes back over the one that it came by", () => {
			const { bob, other, shown } = pair(transport, new AlgStage(["a1"]));
			expect(shown).not.toBe("sip:bob@192.0.2.1:5060;transport=tcp");
			const before = bob.text(0);
			other.send(1, request(shown, 7));
			expect(other.text(1)).toBe("");
			expect(bob.text(1)).toBe(request("sip:bob@192.0.2.1:5060;transport=tcp", 7));
			bob.send(0, answer(7));
			expect(bob.text(0)).toBe(before);
			expect(other.text(0)).toBe(answer(7));
			expect(found(bob, "relay.next-hop").length).toBe(2);
			// The entries show the request on the server's leg of the one connection and on the client's leg of the other.
			const seen = bob.entries.filter(
				(entry) => entry.protocol === "sip" && entry.sip.method === "OPTIONS" && entry.sip.kind === "request",
			);
			expect(seen.map(({ flow }) => flow.leg)).toEqual(expect.arrayContaining(["server", "client"]));
		});

		it("a response that nobody waits for there goes on as usual", () => {
			const { bob, other, shown } = pair(transport, new AlgStage(["a1"]));
			other.send(1, request(shown, 7));
			bob.send(0, answer(8));
			expect(bob.text(0).endsWith(answer(8))).toBe(true);
			expect(other.text(0)).toBe("");
		});

		it("goes on as usual over the client's own connection", () => {
			const { bob, shown } = pair(transport, new AlgStage(["a1"]));
			bob.send(1, request(shown, 7));
			expect(bob.text(1)).toBe(request("sip:bob@192.0.2.1:5060;transport=tcp", 7));
			bob.send(0, answer(7));
			expect(bob.text(0).endsWith(answer(7))).toBe(true);
			expect(found(bob, "relay.next-hop")).toEqual([]);
		});

		it("goes on as usual when that connection is gone", () => {
			const { bob, other, shown } = pair(transport, new AlgStage(["a1"]));
			bob.close(0, "rst");
			other.send(1, request(shown, 7));
			expect(other.text(1)).toBe(request("sip:bob@192.0.2.1:5060;transport=tcp", 7));
			expect(found(bob, "relay.no-next-hop")).toEqual([]);
		});

		it("is told where it should have gone when that is another host without a connection", () => {
			const stage = new AlgStage(["a1"], { outside: { address: "203.0.113.9", port: 5060 } });
			const bob = new Rig([stage], { flow: { transport } });
			const other = new Rig([], { beside: bob, flow: { transport, a: { address: "192.0.2.77", port: 50_000 } } });
			bob.send(0, INVITE);
			const shown = contactOf(bob.text(0));
			bob.close(0, "rst");
			other.send(1, request(shown, 7));
			expect(other.text(1)).toBe(request("sip:bob@192.0.2.1:5060;transport=tcp", 7));
			const details = bob.entries.flatMap(({ problems }) => problems).filter(({ id }) => id === "relay.no-next-hop");
			expect(details.map(({ detail }) => detail)).toEqual([
				"the ALG would send it to 192.0.2.1 port 40001, this connection leads to 192.0.2.77 port 50000",
			]);
		});
	});
}

describe("a box that only guesses who is behind it", () => {
	for (const { name: profile } of PROFILES)
		it(`leaves requests on the connection that they came by: ${profile}`, () => {
			const stage = new AlgStage([profile]);
			const alice = new Rig([stage]);
			const bob = new Rig([], { beside: alice });
			alice.send(0, INVITE);
			bob.send(0, INVITE.replaceAll("bob", "bert"));
			let drops = 0;
			// New calls of the server to each of them, and one within a call in which the other was heard last.
			for (const [n, rig] of [alice, bob, alice].entries()) {
				const before = rig.text(1);
				rig.send(1, request(`sip:who@192.0.2.100:${5060 + n}`, 20 + n).replace("c1@ue-bob", n === 2 ? "c1@ue-bert" : `new-${n}`));
				// A packet filter may have closed; what goes on goes to whom it would have gone without the box.
				const dropped = found(alice, "relay.dropped").length;
				if (dropped > drops) drops = dropped;
				else expect(rig.text(1).length, `request ${n}`).toBeGreaterThan(before.length);
			}
			expect(found(alice, "relay.next-hop")).toEqual([]);
		});
});

describe("profiles that are switched while connections are open", () => {
	it("know the connections that were there before", () => {
		const alg = new AlgSwitch();
		const bob = new Rig([alg]);
		const other = new Rig([], { beside: bob });
		alg.set(["a1"]);
		bob.send(0, INVITE);
		other.send(1, request(contactOf(bob.text(0)), 7));
		expect(bob.text(1)).toBe(request("sip:bob@192.0.2.1:5060;transport=tcp", 7));
		expect(other.text(1)).toBe("");
	});
});
