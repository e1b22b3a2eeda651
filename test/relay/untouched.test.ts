import { describe, expect, it } from "vitest";
import { ToxicSet } from "../../src/core/toxics/set.js";
import { type Entry, type Flow, Pipeline, RelayHub } from "../../src/index.js";

const at = (sec: number) => ({ sec, nsec: 0, packet: 0 });
const OPTIONS = Buffer.from(
	"OPTIONS sip:e.com SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1:1;branch=z9hG4bK1\r\nMax-Forwards: 70\r\nFrom: <sip:a@e.com>;tag=1\r\nTo: <sip:e.com>\r\nCall-ID: x\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n",
);

function rig(decode: "both" | "once") {
	const entries: Entry[] = [];
	const out: string[] = [];
	const pipeline = new Pipeline({ onEntry: (entry) => void entries.push(entry) });
	const hub = new RelayHub({ decode });
	const toxics = new ToxicSet();
	const flow = (id: number, leg: "client" | "server"): Flow => ({
		id,
		transport: "tcp",
		a: { address: "127.0.0.1", port: id },
		b: { address: "127.0.0.1", port: 5060 },
		openerKnown: true,
		midStream: false,
		tunnels: [],
		began: at(1),
		leg,
	});
	const relay = hub.connect(
		{ client: flow(1, "client"), server: flow(2, "server"), openFlow: (one) => pipeline.openFlow(one), toxics },
		{
			send: (dir, octets) => void out.push(`${dir} ${octets.length}`),
			close: (dir, how) => void out.push(`${dir} ${how}`),
		},
	);
	const legs = () => entries.map((entry) => `${entry.flow.leg} ${entry.dir}`);
	return { hub, relay, toxics, out, legs };
}

describe("a connection that no stage touches", () => {
	it("is never active, holds nothing and waits for nothing; both legs are told, or one for both", () => {
		for (const decode of ["both", "once"] as const) {
			const { relay, legs, out, hub } = rig(decode);
			expect([relay.active(0), relay.active(1), relay.held, relay.wakeAt]).toEqual([false, false, 0, undefined]);
			relay.passed(0, OPTIONS, 0, OPTIONS.length, at(2));
			relay.passed(1, OPTIONS, 0, OPTIONS.length, at(3));
			expect(legs()).toEqual(decode === "once" ? ["client 0", "client 1"] : ["client 0", "server 0", "server 1", "client 1"]);
			relay.close(0, "fin", at(4));
			relay.close(0, "fin", at(4));
			expect([out, hub.open]).toEqual([["0 fin"], 1]);
			relay.close(1, "fin", at(5));
			relay.close(1, "rst", at(6));
			expect([out, hub.open]).toEqual([["0 fin", "1 fin"], 0]);
		}
	});

	it("passes a reset on once", () => {
		const { relay, out, hub } = rig("both");
		relay.close(1, "rst", at(2));
		relay.close(0, "rst", at(2));
		expect([out, hub.open]).toEqual([["1 rst"], 0]);
	});

	it("is shaped from the first toxic on, with one end passed on already", () => {
		const { relay, toxics, out, hub, legs } = rig("both");
		relay.passed(1, OPTIONS, 0, OPTIONS.length, at(2));
		relay.close(0, "fin", at(3));
		toxics.add({ name: "slow", type: "latency", stream: "downstream", toxicity: 1, attributes: { latency: 2000, jitter: 0 } }, at(4));
		expect([relay.active(0), relay.active(1)]).toEqual([false, true]);
		relay.feed(1, OPTIONS, 0, OPTIONS.length, at(5));
		expect([out, relay.held, relay.wakeAt?.sec]).toEqual([["0 fin"], OPTIONS.length, 7]);
		relay.close(1, "fin", at(5));
		relay.advance(at(7));
		expect(out).toEqual(["0 fin", `1 ${OPTIONS.length}`, "1 fin"]);
		expect(legs()).toEqual(["server 1", "client 1", "server 1", "client 1"]);
		expect(hub.open).toBe(0);
	});
});
