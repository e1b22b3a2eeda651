import { describe, expect, it } from "vitest";
import { BreakpointStage, type BreakpointStageOptions } from "../../src/core/breakpoints/stage.js";
import { type BreakpointChange, BreakpointError } from "../../src/core/breakpoints/types.js";
import { FilterError, type RelayStage } from "../../src/index.js";
import { accepted, ack, fromRoom, INVITE, OK, ROOM } from "../relay/conversation.js";
import { stage as other, Rig } from "../relay/rig.js";

const chat = (id: string, text = "hello") => fromRoom(id, "sip:alice@example.com", "sip:bob@example.com", text);

function rig(options: BreakpointStageOptions = {}, beside: RelayStage[] = []) {
	const stage = new BreakpointStage(options);
	return { stage, rig: new Rig([...beside, stage]) };
}
const findings = (on: Rig) =>
	on.entries.flatMap(({ problems }) => problems.map(({ id, detail }) => [id, detail])).filter(([id]) => /^(breakpoint|relay)\./.test(id!));

describe("a breakpoint", () => {
	it("holds what matches and what comes behind it, until it is resumed", () => {
		const { stage, rig: on } = rig();
		stage.add('sip.Method == "INVITE"');
		on.send(0, INVITE + ack(ROOM));
		expect(on.text(0)).toBe("");
		expect(stage.held.map(({ id, dir, protocol, changed, entry }) => [id, dir, protocol, changed, entry.number])).toEqual([
			[1, 0, "sip", false, 1],
		]);
		expect(stage.held[0]!.octets.toString()).toBe(INVITE);
		expect(stage.held[0]!.before.toString()).toBe(INVITE);
		stage.resume(1);
		expect(stage.held).toEqual([]);
		on.wait(0);
		expect(on.text(0)).toBe(INVITE + ack(ROOM));
		expect(findings(on)).toEqual([]);
	});

	it("holds MSRP frames whole, however they come, and leaves what cannot match cut through", () => {
		const { stage, rig: on } = rig();
		stage.add('cpim.from.uri contains "alice"');
		on.sendCut(0, Buffer.from(chat("abcd1")), [5, 60, 170, 200]);
		expect(on.text(0)).toBe("");
		expect(stage.held[0]!.octets.toString()).toBe(chat("abcd1"));
		on.send(1, accepted("abcd1"));
		expect(on.text(1)).toBe(accepted("abcd1"));
		stage.resume(1);
		on.wait(0);
		on.send(0, chat("abcd2").replace("alice", "carol"));
		expect(on.text(0)).toBe(chat("abcd1") + chat("abcd2").replace("alice", "carol"));
	});

	it("touches nothing where no expression can match, or none is switched on", () => {
		const { stage, rig: on } = rig();
		on.send(0, INVITE);
		stage.add('msrp.method == "SEND"');
		expect(on.relay.active(0)).toBe(false);
		const { id } = stage.add('sip.Method == "BYE"', { enabled: false });
		expect(on.relay.active(0)).toBe(false);
		stage.enable(id);
		expect(on.relay.active(0)).toBe(true);
		stage.remove(id);
		expect(on.relay.active(0)).toBe(false);
		expect(stage.breakpoints.map(({ id, filter, enabled }) => [id, filter.source, enabled])).toEqual([[1, 'msrp.method == "SEND"', true]]);
	});

	it("that is added while a message has begun to pass leaves that alone", () => {
		const { stage, rig: on } = rig();
		on.send(0, INVITE.slice(0, 200));
		stage.add("sip");
		on.send(0, INVITE.slice(200));
		expect(on.text(0)).toBe(INVITE);
		on.send(0, ack(ROOM));
		expect(stage.held.length).toBe(1);
	});

	it("holds so many messages as it was told to", () => {
		const { stage, rig: on } = rig();
		stage.add("sip", { times: 1 });
		on.send(0, INVITE);
		stage.resume(1);
		on.wait(0);
		on.send(0, ack(ROOM));
		expect(on.text(0)).toBe(INVITE + ack(ROOM));
		expect(stage.breakpoints.map(({ enabled, left, hits }) => ({ enabled, left, hits }))).toEqual([{ enabled: false, left: 0, hits: 1 }]);
		expect(stage.enable(1)).toMatchObject({ enabled: true, left: undefined });
	});

	it("sees the message as stages before it left it, and remembers how it came", () => {
		const { stage, rig: on } = rig({}, [
			other({
				sip: ({ octets }) => {
					const start = octets.indexOf("70\r\n");
					return start < 0 ? undefined : { edits: [{ start, end: start + 2, octets: Buffer.from("69") }] };
				},
			}),
		]);
		stage.add('sip.Method == "INVITE"');
		on.send(0, INVITE);
		expect(stage.held[0]).toMatchObject({
			changed: true,
			before: Buffer.from(INVITE),
			octets: Buffer.from(INVITE.replace(": 70", ": 69")),
		});
	});

	it("tells of every change", () => {
		const { stage, rig: on } = rig();
		const seen: string[] = [];
		const end = stage.onChange(
			(change: BreakpointChange) => void seen.push(change.kind === "breakpoints" ? change.kind : `${change.kind} ${change.held.id}`),
		);
		stage.add("sip");
		on.send(0, INVITE);
		on.send(1, OK);
		stage.resume(1);
		stage.drop(2);
		on.wait(0);
		on.send(0, ack(ROOM));
		on.close(0, "rst");
		stage.remove(1);
		end();
		stage.add("msrp");
		expect(seen).toEqual(["breakpoints", "held 1", "held 2", "resumed 1", "dropped 2", "held 3", "lost 3", "breakpoints"]);
		expect(stage.held).toEqual([]);
		expect(stage.heldOctets).toBe(0);
		expect(stage.connections).toEqual([]);
	});

	it("is not hurt by a listener that fails: the message is held, and an entry says so", () => {
		const { stage, rig: on } = rig();
		stage.add("sip");
		stage.onChange(() => {
			throw new Error("broken");
		});
		on.send(0, INVITE);
		expect(stage.held.length).toBe(1);
		expect(findings(on)).toEqual([["relay.stage-fault", "who listens to breakpoints failed: broken"]]);
	});
});

describe("a held message", () => {
	it("goes on edited, lengths mended, with both octets and the author on its entry", () => {
		const { stage, rig: on } = rig();
		stage.add('msrp.method == "SEND"', { name: "chat" });
		on.send(0, chat("abcd1"));
		const length = /1-(\d+)\//.exec(chat("abcd1", "good morning"))![1];
		const wanted = chat("abcd1", "good morning");
		expect(stage.preview(1, { text: "good morning" }).toString()).toBe(wanted);
		stage.resume(1, { text: "good morning" });
		on.wait(0);
		expect(on.text(0)).toBe(wanted);
		expect(wanted).toContain(`Byte-Range: 1-${length}/${length}\r\n`);
		const [, went] = on.entries;
		expect(went!.rewritten!.stages.map(({ by }) => by)).toEqual(["breakpoint 1 (chat)", "mitmsrp"]);
		expect(went!.rewritten!.before.toString()).toBe(chat("abcd1"));
		expect(went!.rewritten!.received).toBe(1);
	});

	it("goes on with lengths left wrong when told to", () => {
		const { stage, rig: on } = rig();
		stage.add("msrp");
		on.send(0, chat("abcd1"));
		stage.resume(1, { text: "good morning", fix: false });
		on.wait(0);
		expect(on.text(0)).toBe(chat("abcd1").replace("hello", "good morning"));
	});

	it("goes on as other octets, also as none that are a message", () => {
		const { stage, rig: on } = rig();
		stage.add("sip");
		on.send(0, INVITE);
		stage.resume(1, { octets: "not SIP at all" });
		on.wait(0);
		expect(on.text(0)).toBe("not SIP at all");
	});

	it("is dropped, which an entry says", () => {
		const { stage, rig: on } = rig();
		stage.add('sip.Method == "INVITE"');
		on.send(0, INVITE + ack(ROOM));
		stage.drop(1, "no calls today");
		on.wait(0);
		expect(on.text(0)).toBe(ack(ROOM));
		expect(findings(on)).toEqual([["relay.dropped", 'breakpoint 1 (sip.Method == "INVITE"): no calls today']]);
	});

	it("is sent twice, edited alike", () => {
		const { stage, rig: on } = rig();
		stage.add("msrp");
		on.send(0, chat("abcd1"));
		stage.duplicate(1, { text: "hi" });
		on.wait(0);
		expect(on.text(0)).toBe(chat("abcd1", "hi") + chat("abcd1", "hi"));
	});

	it("goes on with its time: entries of the leg that it went out on have the moment of its release", () => {
		const { stage, rig: on } = rig();
		stage.add("sip");
		on.send(0, INVITE);
		on.wait(7);
		stage.resume(1);
		on.wait(0);
		expect(on.entries.map(({ at }) => at.sec)).toEqual([1000, 1007]);
	});

	it("goes on by itself when its time is over, and an entry says so", () => {
		const { stage, rig: on } = rig();
		stage.add("sip", { timeout: 90 });
		on.send(0, INVITE);
		on.wait(89.9);
		expect(on.text(0)).toBe("");
		on.wait(0.2);
		expect(on.text(0)).toBe(INVITE);
		expect(findings(on)).toEqual([["breakpoint.timeout", "entry 1, held by breakpoint 1 (sip) for 90 s, went on as it was"]]);
		expect(stage.held).toEqual([]);
	});

	it("is dropped when its time is over, where that was asked for", () => {
		const { stage, rig: on } = rig();
		stage.add('sip.Method == "INVITE"', { timeout: 2, onTimeout: "drop" });
		const seen: BreakpointChange[] = [];
		stage.onChange((change) => void seen.push(change));
		on.send(0, INVITE + ack(ROOM));
		on.wait(2);
		expect(on.text(0)).toBe(ack(ROOM));
		expect(findings(on).map(([id]) => id)).toEqual(["breakpoint.timeout", "relay.dropped"]);
		expect(seen.map((change) => [change.kind, "timedOut" in change ? change.timedOut : undefined])).toEqual([
			["held", undefined],
			["dropped", true],
		]);
	});

	it("outlives the end of its direction, which comes behind it", () => {
		const { stage, rig: on } = rig();
		stage.add("sip");
		on.send(0, INVITE);
		on.close(0);
		expect(on.closed[0]).toEqual([]);
		stage.resume(1);
		on.wait(0);
		expect(on.text(0)).toBe(INVITE);
		expect(on.closed[0]).toEqual(["fin"]);
	});

	it("goes on as it came when more waits behind it than the relay may hold", () => {
		const stage = new BreakpointStage();
		const on = new Rig([stage], { relayLimits: { octets: 2000 } });
		stage.add('sip.Method == "INVITE"');
		on.send(0, INVITE);
		const acks = ack(ROOM).repeat(10);
		on.send(0, acks);
		expect(on.text(0)).toBe(INVITE + acks);
		expect(stage.held).toEqual([]);
		expect(findings(on).map(([id]) => id)).toEqual(["relay.hold-limit"]);
	});

	it("is not held where too many or too large ones are held already", () => {
		for (const limits of [{ messages: 1 }, { octets: INVITE.length + 5 }]) {
			const { stage, rig: on } = rig({ limits });
			stage.add("sip");
			on.send(0, INVITE);
			on.send(1, OK);
			expect(on.text(1)).toBe(OK);
			const most = "messages" in limits ? "1 messages" : `${INVITE.length + 5} octets`;
			expect(findings(on)).toEqual([["breakpoint.limit", `breakpoint 1 (sip) matched entry 2, but ${most} are held already`]]);
		}
	});

	it("all go on together", () => {
		const { stage, rig: on } = rig();
		stage.add("sip");
		on.send(0, INVITE);
		on.send(1, OK);
		expect(stage.heldOctets).toBe(INVITE.length + OK.length);
		stage.resumeAll();
		on.wait(0);
		expect(on.text(0) + on.text(1)).toBe(INVITE + OK);
	});
});

describe("injection", () => {
	it("puts octets between two messages of a connection, and an entry says so", () => {
		const { stage, rig: on } = rig();
		on.send(0, INVITE.slice(0, 100));
		const [connection] = stage.connections;
		stage.inject(connection!.id, 0, Buffer.from(ack(ROOM)));
		on.wait(0);
		expect(on.text(0)).toBe(INVITE.slice(0, 100));
		on.send(0, INVITE.slice(100));
		expect(on.text(0)).toBe(INVITE + ack(ROOM));
		stage.inject(connection!.id, 1, Buffer.from(OK));
		on.wait(0);
		expect(on.text(1)).toBe(OK);
		expect(findings(on)).toEqual([
			["breakpoint.injected", `${ack(ROOM).length} octets to the server`],
			["breakpoint.injected", `${OK.length} octets to the client`],
		]);
		expect(on.entries.filter(({ protocol }) => protocol === "sip").map(({ flow }) => flow.leg)).toEqual([
			"client",
			"server",
			"server",
			"client",
		]);
	});
});

describe("what cannot be", () => {
	const { stage } = rig();
	stage.add("sip");
	const error = (text: string) => new BreakpointError(text);

	it("says why", () => {
		expect(() => stage.add("nonsense ==")).toThrow(FilterError);
		expect(() => stage.add("sip", { timeout: 0 })).toThrow(error("timeout 0: give seconds from 0.001 to 86400"));
		expect(() => stage.add("sip", { times: 0 })).toThrow(error("times 0: give a whole number from 1"));
		expect(() => stage.add("sip", { onTimeout: "x" as "drop" })).toThrow(error('onTimeout "x": give resume or drop'));
		expect(() => stage.change(1, { filter: "((" })).toThrow(FilterError);
		expect(() => stage.enable(7)).toThrow(error("no breakpoint 7: there are 1"));
		expect(() => stage.resume(1)).toThrow(error("message 1 is not held: none is"));
		expect(() => stage.inject(9, 0, Buffer.from("x"))).toThrow(error("no connection 9 is open"));
		expect(stage.breakpoints.length).toBe(1);
	});

	it("leaves the message held", () => {
		const { stage, rig: on } = rig();
		stage.add("sip");
		on.send(0, INVITE);
		expect(() => stage.resume(1, { cpim: { From: "x" } })).toThrow(error("the message has no message/cpim content"));
		expect(() => stage.resume(1, { copies: 101 })).toThrow(error("copies 101: give 0 to 100"));
		expect(() => stage.inject(1, 0, Buffer.alloc(0))).toThrow(error("0 octets: give 1 to 8388608"));
		expect(stage.held.length).toBe(1);
	});

	it("is more breakpoints than there may be", () => {
		const { stage } = rig({ limits: { breakpoints: 1 } });
		stage.add("sip");
		expect(() => stage.add("sip")).toThrow(error("there are 1 breakpoints already: remove one first"));
	});
});
