import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ToxicSet } from "../../src/core/toxics/set.js";
import type { Entry } from "../../src/index.js";
import { INDEX, read } from "../msrp/corpus.js";
import { accepted, BYE_OK, fromRoom, INVITE } from "../relay/conversation.js";
import { Rig, stage } from "../relay/rig.js";
import { toxic } from "./line.js";

const SEND = fromRoom("a1b2c3d4", "sip:alice@example.com", "sip:room@example.com");
const STREAMS = [
	...INDEX.files.map(({ file }) => read(file)),
	Buffer.from(INVITE + INVITE),
	Buffer.from(SEND + SEND.replaceAll("a1b2c3d4", "x9")),
	Buffer.from("SSH-2.0-OpenSSH_9.6\r\n"),
];
const NOTHING = { ...toxic("latency", {}, { toxicity: 0 }), name: "spared" };

function setOf(...toxics: ReturnType<typeof toxic>[]): ToxicSet {
	const set = new ToxicSet();
	for (const one of toxics) set.add(one, { sec: 0, nsec: 0, packet: 0 });
	return set;
}

function firstLine(entry: Entry): string {
	if (entry.protocol === "sip") return `${entry.sip.kind} ${entry.length}`;
	return entry.protocol === "msrp" ? `${entry.msrp.transactionId} ${entry.length}` : `${entry.length}`;
}

/** What entries say, without their times and numbers. */
function said(rig: Rig): string[] {
	return rig.entries.map((entry) =>
		[entry.flow.leg, entry.dir, entry.protocol, firstLine(entry), entry.problems.map(({ id }) => id).join()].join(" "),
	);
}

function findings(rig: Rig): (string | undefined)[] {
	return rig.entries.flatMap(({ problems }) => problems.filter(({ id }) => id === "relay.toxic").map(({ detail }) => detail));
}

describe("a connection with toxics", () => {
	it("is cut through where there are none, where they spare it, and when they are gone", () => {
		const set = setOf(NOTHING);
		const rig = new Rig([], { toxics: set });
		expect([rig.relay.active(0), rig.relay.active(1), rig.relay.wakeAt]).toEqual([false, false, undefined]);
		set.add(toxic("latency", { latency: 10 }), rig.now);
		expect([rig.relay.active(0), rig.relay.active(1)]).toEqual([true, false]);
		rig.send(0, INVITE);
		expect(rig.text(0)).toBe("");
		expect(rig.relay.held).toBe(INVITE.length);
		set.remove("latency_upstream", rig.now);
		expect([rig.text(0), rig.relay.active(0), rig.relay.wakeAt, rig.relay.held]).toEqual([INVITE, false, undefined, 0]);
		rig.send(0, INVITE);
		expect(rig.text(0)).toBe(INVITE + INVITE);
	});

	it("shows each leg its messages when they passed there", () => {
		const rig = new Rig([], { toxics: setOf(toxic("latency", { latency: 250 })) });
		rig.send(0, INVITE);
		expect(rig.entries.map(({ flow }) => flow.leg)).toEqual(["client"]);
		rig.wait(1);
		expect(rig.entries.map(({ flow, at }) => [flow.leg, at.sec, at.nsec])).toEqual([
			["client", 1000, 0],
			["server", 1000, 250_000_000],
		]);
	});

	it("works on what stages made of messages, and the entry says what they did, however it was cut", () => {
		const edit = stage({
			sip: (unit) => {
				const at = unit.octets.indexOf("Max-Forwards: 70");
				return at < 0 ? undefined : { edits: [{ start: at + 14, end: at + 16, octets: Buffer.from("7"), part: "header", why: "fewer" }] };
			},
		});
		const rig = new Rig([edit], { toxics: setOf(toxic("slicer", { average_size: 40, size_variation: 10, delay: 1000 })) });
		rig.send(0, INVITE + INVITE);
		rig.wait(1);
		const changed = INVITE.replace("Max-Forwards: 70", "Max-Forwards: 7");
		expect(rig.text(0)).toBe(changed + changed);
		expect(rig.writes[0].length).toBeGreaterThan(changed.length / 40);
		const server = rig.entries.filter(({ flow }) => flow.leg === "server");
		expect(server.map(({ rewritten }) => rewritten?.stages.map(({ by }) => by))).toEqual([["test"], ["test"]]);
	});

	it("goes on octet for octet, and is seen the same, when toxics lose nothing, whatever it carries", () => {
		const toxics = [
			toxic("latency", { latency: 30, jitter: 20 }),
			toxic("slicer", { average_size: 64, size_variation: 20, delay: 100 }),
			toxic("bandwidth", { rate: 500 }),
			toxic("slow_close", { delay: 100 }),
		];
		fc.assert(
			fc.property(fc.constantFrom(...STREAMS), fc.array(fc.nat(4000), { maxLength: 6 }), fc.boolean(), (octets, cuts, staged) => {
				const stages = staged ? [stage()] : [];
				const rig = new Rig(stages, { toxics: setOf(...toxics) });
				const plain = new Rig(stages);
				for (const one of [rig, plain]) {
					one.sendCut(0, octets, cuts);
					one.close(0);
					one.wait(1000);
				}
				expect(rig.out(0).equals(octets)).toBe(true);
				expect(rig.closed[0]).toEqual(["fin"]);
				const of = (one: Rig, leg: string): string[] => said(one).filter((line) => line.startsWith(leg));
				expect(findings(rig)).toEqual([]);
				for (const leg of ["client", "server"]) expect(of(rig, leg)).toEqual(of(plain, leg));
			}),
			{ numRuns: 300 },
		);
	});

	it("is closed both ways by a limit, and holds nothing after it", () => {
		const rig = new Rig([], { toxics: setOf(toxic("limit_data", { bytes: 100 })) });
		rig.send(0, INVITE);
		expect(rig.text(0)).toBe(INVITE.slice(0, 100));
		expect(rig.closed).toEqual([["fin"], ["fin"]]);
		expect(rig.hub.open).toBe(0);
		expect([rig.relay.active(0), rig.relay.wakeAt, rig.relay.held]).toEqual([false, undefined, 0]);
		expect(findings(rig)).toEqual(["limit_data closed the connection"]);
	});

	it("is reset by reset_peer, and its toxics hear of nothing more", () => {
		const set = setOf(toxic("reset_peer", { timeout: 100 }, { stream: "downstream", name: "away" }));
		const rig = new Rig([], { toxics: set });
		rig.send(0, INVITE);
		rig.send(1, BYE_OK);
		rig.wait(0.09);
		expect(rig.closed).toEqual([[], []]);
		rig.wait(0.02);
		expect([rig.text(1), rig.closed]).toEqual(["", [[], ["rst"]]]);
		expect(findings(rig)).toEqual(["reset_peer (away) reset the connection"]);
		expect(rig.hub.open).toBe(0);
		set.add(toxic("latency", { latency: 1 }), rig.now);
		expect(rig.relay.wakeAt).toBeUndefined();
	});

	it("streams a long MSRP frame: octets do not wait for its end", () => {
		const rig = new Rig([], { toxics: setOf(toxic("latency", { latency: 10 })) });
		rig.send(0, SEND.slice(0, 300));
		rig.wait(0.01);
		expect(rig.text(0)).toBe(SEND.slice(0, 300));
		rig.send(0, SEND.slice(300));
		rig.send(1, accepted("a1b2c3d4"));
		rig.wait(0.01);
		expect([rig.text(0), rig.text(1)]).toEqual([SEND, accepted("a1b2c3d4")]);
	});

	it("tells its source to stop while much waits", () => {
		const set = setOf(toxic("bandwidth", { rate: 100 }));
		const rig = new Rig([], { toxics: set });
		rig.send(0, Buffer.alloc(70_000, "x"));
		expect([rig.relay.full!(0), rig.relay.full!(1)]).toEqual([true, false]);
		rig.wait(0.2);
		expect(rig.relay.full!(0)).toBe(false);
	});

	it("a stage puts a toxic on one connection, once by its name", () => {
		const rig = new Rig([
			stage({
				sip: (unit) => {
					unit.connection.toxic("add", toxic("latency", { latency: 500 }));
					return undefined;
				},
			}),
		]);
		rig.send(0, INVITE);
		rig.send(0, INVITE.replace("CSeq: 1", "CSeq: 2"));
		expect(rig.text(0)).toBe("");
		rig.wait(0.5);
		expect(rig.text(0)).toBe(INVITE + INVITE.replace("CSeq: 1", "CSeq: 2"));
	});
});
