import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { MsrpFramer } from "../../src/core/relay/msrp-framer.js";
import { SipFramer } from "../../src/core/relay/sip-framer.js";
import type { Action, Hold, MsrpUnit, SipUnit } from "../../src/core/relay/stage.js";
import { Rig, stage } from "./rig.js";

const A = "msrp://192.0.2.1:7000/aaaa;tcp";
const B = "msrp://198.51.100.2:2855/bbbb;tcp";

function options(n: number, body = ""): string {
	return [
		"OPTIONS sip:bob@example.com SIP/2.0",
		`Via: SIP/2.0/TCP 192.0.2.1:5060;branch=z9hG4bK${n}`,
		"Max-Forwards: 70",
		"From: <sip:alice@example.com>;tag=1",
		"To: <sip:bob@example.com>",
		"Call-ID: a@example.com",
		`CSeq: ${n} OPTIONS`,
		"Contact: <sip:alice@192.0.2.1>",
		...(body === "" ? [] : ["Content-Type: text/plain"]),
		`Content-Length:  ${body.length}`,
		"",
		body,
	].join("\r\n");
}

function send(id: string, body: string, range = `1-${body.length}/${body.length}`, flag = "$"): string {
	return `MSRP ${id} SEND\r\nTo-Path: ${B}\r\nFrom-Path: ${A}\r\nMessage-ID: m1\r\nByte-Range: ${range}\r\nContent-Type: text/plain\r\n\r\n${body}\r\n-------${id}${flag}\r\n`;
}

function replace(octets: Buffer, from: string, to: string): NonNullable<Action["edits"]> {
	const start = octets.indexOf(from, 0, "latin1");
	return start < 0 ? [] : [{ start, end: start + from.length, octets: Buffer.from(to, "latin1") }];
}

const edit = (from: string, to: string, more: Action = {}) => ({
	sip: (unit: SipUnit) => ({ edits: replace(unit.octets, from, to), ...more }),
	msrp: (unit: MsrpUnit) => ({ edits: replace(unit.octets, from, to), ...more }),
});
const wholeEdit = (from: string, to: string, more: Action = {}) => ({
	msrp: (unit: MsrpUnit) => (unit.whole ? { edits: replace(unit.octets, from, to), ...more } : { whole: true }),
});
const problems = (rig: Rig) => rig.entries.flatMap((entry) => entry.problems.map(({ id }) => id)).filter((id) => id.startsWith("relay."));

describe("edits", () => {
	it("change only their spans, and Content-Length, in its own spelling, where the body has another length", () => {
		const rig = new Rig([stage(edit("hello", "good morning"))]);
		rig.send(0, options(1, "hello") + options(2));
		expect(rig.text(0)).toBe(
			options(1, "hello").replace("hello", "good morning").replace("Content-Length:  5", "Content-Length:  12") + options(2),
		);
	});

	it("leave Content-Length wrong when told to", () => {
		const rig = new Rig([stage(edit("hello", "good morning", { fix: false }))]);
		rig.send(0, options(1, "hello"));
		expect(rig.text(0)).toBe(options(1, "hello").replace("hello", "good morning"));
	});

	it("do not depend on how the octets were cut", () => {
		const traffic = Buffer.from(`\r\n\r\n${options(1, "hello")}${options(22)}\r\n${options(333, "hello hello")}`);
		const run = (cuts: readonly number[]) => {
			const rig = new Rig([stage(edit("hello", "good morning")), stage(edit("alice", "carol"))]);
			rig.sendCut(0, traffic, cuts);
			return rig.text(0);
		};
		const whole = run([]);
		expect(whole).toContain("good morning");
		fc.assert(
			fc.property(fc.array(fc.nat(2000), { maxLength: 30 }), (cuts) => {
				expect(run(cuts)).toBe(whole);
			}),
			{ numRuns: 300 },
		);
	});

	it("of MSRP heads and whole frames do not depend on how the octets were cut, and lengths follow", () => {
		const traffic = Buffer.from(
			send("abcd1", "hello all") +
				send("abcd2", "x", "1-1/2", "+") +
				send("abcd3", "hello", "2-6/6") +
				"MSRP abcd1 200 OK\r\nTo-Path: x\r\nFrom-Path: y\r\n-------abcd1$\r\n",
		);
		const run = (cuts: readonly number[]) => {
			const rig = new Rig([stage(edit(A, "msrp://203.0.113.9:9/cc;tcp")), stage(wholeEdit("hello", "good morning"))]);
			rig.sendCut(0, traffic, cuts);
			return rig.text(0);
		};
		const whole = run([]);
		expect(whole).toContain("Byte-Range: 1-16/16\r\nContent-Type: text/plain\r\n\r\ngood morning all\r\n-------abcd1$\r\n");
		expect(whole).toContain("From-Path: msrp://203.0.113.9:9/cc;tcp\r\nMessage-ID: m1");
		fc.assert(
			fc.property(fc.array(fc.nat(2000), { maxLength: 30 }), (cuts) => {
				expect(run(cuts)).toBe(whole);
			}),
			{ numRuns: 300 },
		);
	});

	it("of a chunk move the later chunks of the same message, and reports about it back", () => {
		let edited = false;
		const once = (unit: MsrpUnit): Action | undefined => {
			if (edited) return undefined;
			if (!unit.whole) return { whole: true };
			edited = true;
			return { edits: replace(unit.octets, "hello", "hi") };
		};
		const rig = new Rig([stage({ msrp: once })]);
		rig.send(0, send("abcd1", "hello", "1-5/10", "+") + send("abcd2", "world", "6-10/10"));
		expect(rig.text(0)).toBe(send("abcd1", "hi", "1-2/7", "+") + send("abcd2", "world", "3-7/7"));
		const report = (range: string) =>
			`MSRP dddd1 REPORT\r\nTo-Path: ${A}\r\nFrom-Path: ${B}\r\nMessage-ID: m1\r\nByte-Range: ${range}\r\nStatus: 000 200 OK\r\n-------dddd1$\r\n`;
		rig.send(1, report("1-7/7"));
		expect(rig.text(1)).toBe(report("1-10/10"));
	});

	it("that put an end-line into the body get another transaction id, and the response the old one back", () => {
		const rig = new Rig([stage(wholeEdit("hello", "x\r\n-------abcd1$\r\nMSRP"))]);
		rig.send(0, send("abcd1", "hello"));
		const id = /^MSRP (\S+) SEND/.exec(rig.text(0))![1]!;
		expect(id).not.toBe("abcd1");
		expect(rig.text(0).endsWith(`MSRP\r\n-------${id}$\r\n`)).toBe(true);
		rig.send(1, `MSRP ${id} 200 OK\r\nTo-Path: ${A}\r\nFrom-Path: ${B}\r\n-------${id}$\r\n`);
		expect(rig.text(1)).toBe(`MSRP abcd1 200 OK\r\nTo-Path: ${A}\r\nFrom-Path: ${B}\r\n-------abcd1$\r\n`);
	});

	it("of the transaction id in a head take the end-line with them, unless told not to", () => {
		const rig = new Rig([stage(edit("abcd1 SEND", "efgh2 SEND"))]);
		rig.send(0, send("abcd1", "hello"));
		expect(rig.text(0)).toBe(send("efgh2", "hello"));
		const wrong = new Rig([stage(edit("abcd1 SEND", "efgh2 SEND", { fix: false }))]);
		wrong.send(0, send("abcd1", "hello"));
		expect(wrong.text(0)).toBe(send("abcd1", "hello").replace("abcd1 SEND", "efgh2 SEND"));
	});

	it("stand on the entry of the leg that the message went out on, with the octets before and after", () => {
		const rig = new Rig([stage(edit("alice@192.0.2.1", "x@203.0.113.9"))]);
		rig.send(0, options(1) + options(2).replace("alice@192", "bob@192"));
		const [came, went, second, secondOut] = ["client", "server"]
			.flatMap((leg) => rig.entries.filter((entry) => entry.flow.leg === leg))
			.sort((a, b) => a.number - b.number);
		expect(came!.rewritten).toBeUndefined();
		expect(went!.rewritten).toMatchObject({ received: came!.number, before: Buffer.from(options(1)) });
		expect(went!.rewritten!.after.toString()).toBe(options(1).replace("alice@192.0.2.1", "x@203.0.113.9"));
		expect(went!.rewritten!.stages).toEqual([{ by: "test", edits: [expect.objectContaining({ octets: Buffer.from("x@203.0.113.9") })] }]);
		expect([second!.rewritten, secondOut!.rewritten]).toEqual([undefined, undefined]);
	});

	it("of a long frame's head stand on the entry that comes with its end", () => {
		const rig = new Rig([stage(edit(A, "msrp://203.0.113.9:9/cc;tcp"))]);
		const text = send("abcd1", "b".repeat(200_000));
		rig.sendCut(0, Buffer.from(text), [100, 5000, 100_000]);
		expect(rig.text(0)).toBe(text.replace(A, "msrp://203.0.113.9:9/cc;tcp"));
		const went = rig.entries.find((entry) => entry.flow.leg === "server")!;
		expect(went.rewritten!.before.length).toBeLessThan(400);
		expect(went.rewritten!.stages).toHaveLength(1);
	});
});

describe("fates", () => {
	const each = (action: Action | ((unit: SipUnit) => Action | undefined)) =>
		new Rig([stage({ sip: (unit) => (typeof action === "function" ? action(unit) : action) })]);

	it("drop takes the message and nothing else", () => {
		const rig = each((unit) => (unit.sip.get("cseq")!.startsWith("2") ? { drop: true } : undefined));
		rig.send(0, options(1) + options(2, "gone") + options(3));
		expect(rig.text(0)).toBe(options(1) + options(3));
	});

	it("drop of a streaming frame takes its body", () => {
		const rig = new Rig([stage({ msrp: (unit) => (unit.msrp.transactionId === "abcd2" ? { drop: true } : undefined) })]);
		rig.sendCut(0, Buffer.from(send("abcd1", "one") + send("abcd2", "t".repeat(100_000)) + send("abcd3", "three")), [300, 50_000]);
		expect(rig.text(0)).toBe(send("abcd1", "one") + send("abcd3", "three"));
	});

	it("delay holds what follows, and only as long as it says", () => {
		const rig = each((unit) => (unit.sip.get("cseq")!.startsWith("1") ? { delay: 0.5 } : undefined));
		rig.send(0, options(1) + options(2));
		rig.wait(0.4999);
		expect(rig.text(0)).toBe("");
		rig.send(0, options(3));
		rig.wait(0.0001);
		expect(rig.text(0)).toBe(options(1) + options(2) + options(3));
		expect(rig.relay.held).toBe(0);
		expect(rig.relay.wakeAt).toBeUndefined();
	});

	it("hold waits for its release, with an action, and what follows goes through the stages after it", () => {
		let hold: Hold | undefined;
		const seen: string[] = [];
		const rig = each((unit) => {
			seen.push(unit.sip.get("cseq")!);
			if (hold !== undefined) return undefined;
			hold = unit.connection.hold();
			return { hold };
		});
		rig.send(0, options(1) + options(2));
		expect(rig.text(0)).toBe("");
		expect(seen).toEqual(["1 OPTIONS"]);
		hold!.release({ edits: replace(Buffer.from(options(1)), "alice", "carol") });
		expect(rig.text(0)).toBe(options(1).replace("alice", "carol") + options(2));
		expect(seen).toEqual(["1 OPTIONS", "2 OPTIONS"]);
		hold!.release({ drop: true });
		expect(rig.text(0)).toBe(options(1).replace("alice", "carol") + options(2));
		expect(problems(rig)).toEqual([]);
	});

	it("a hold that lasts too long ends with a finding, and the message goes on as it came", () => {
		const rig = each((unit) => ({ hold: unit.connection.hold() }));
		rig.send(0, options(1));
		rig.wait(59);
		expect(rig.text(0)).toBe("");
		rig.wait(1);
		expect(rig.text(0)).toBe(options(1));
		expect(problems(rig)).toEqual(["relay.hold-limit"]);
	});

	it("so does one behind which too many octets wait", () => {
		const rig = new Rig([stage({ sip: (unit) => ({ hold: unit.connection.hold() }) })], { relayLimits: { octets: 1000 } });
		rig.send(0, options(1) + options(2) + options(3) + options(4));
		expect(problems(rig)).toContain("relay.hold-limit");
		expect(rig.text(0).startsWith(options(1))).toBe(true);
	});

	it("inject puts messages before, after and back; never into another", () => {
		const rig = each({
			inject: [
				{ to: "on", when: "before", octets: Buffer.from(options(7)) },
				{ to: "on", when: "after", octets: Buffer.from(options(8)) },
				{ to: "back", when: "after", octets: Buffer.from("SIP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n") },
			],
		});
		const other = options(9, "half");
		rig.send(1, other.slice(0, 50));
		rig.send(0, options(1));
		expect(rig.text(0)).toBe(options(7) + options(1) + options(8));
		expect(rig.text(1)).toBe("SIP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n");
		rig.send(1, other.slice(50));
		expect(rig.text(1).replace("SIP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n", "")).toContain(other);
	});

	it("a local reply waits for the end of a message that is passing the other way", () => {
		const reply = Buffer.from(`MSRP abcd1 403 no\r\nTo-Path: ${A}\r\nFrom-Path: ${B}\r\n-------abcd1$\r\n`);
		const rig = new Rig([
			stage({
				touches: (_, dir) => dir === 0,
				injects: (_, dir) => dir === 1,
				msrp: () => ({ drop: true, inject: [{ to: "back", when: "after", octets: reply }] }),
			}),
		]);
		const passing = send("eeee1", "long ".repeat(100));
		rig.send(0, "MSRP ");
		rig.send(1, passing.slice(0, 300));
		expect(rig.text(1)).toBe(passing.slice(0, 300));
		rig.send(0, send("abcd1", "x").slice(5));
		expect(rig.text(0)).toBe("");
		expect(rig.text(1)).toBe(passing.slice(0, 300));
		rig.send(1, passing.slice(300) + send("eeee2", "next"));
		expect(rig.text(1)).toBe(passing + reply.toString() + send("eeee2", "next"));
		expect(rig.relay.active(1)).toBe(false);
	});

	it("aside lets so many messages go first, or waits so long", () => {
		const rig = each((unit) => (unit.sip.get("cseq")!.startsWith("1") ? { aside: { messages: 2, seconds: 5 } } : undefined));
		rig.send(0, options(1) + options(2) + options(3) + options(4));
		expect(rig.text(0)).toBe(options(2) + options(3) + options(1) + options(4));
		const alone = each({ aside: { messages: 2, seconds: 5 } });
		alone.send(0, options(1));
		alone.wait(5);
		expect(alone.text(0)).toBe(options(1));
	});

	it("pieces and join set the writes, not the octets", () => {
		const rig = each({ pieces: { sizes: [10, 20], pause: 1 } });
		rig.send(0, options(1));
		rig.wait(3);
		expect(rig.writes[0].map((write) => write.length)).toEqual([10, 20, options(1).length - 30]);
		expect(rig.text(0)).toBe(options(1));
		const joined = each((unit) => (unit.sip.get("cseq")!.startsWith("1") ? { join: 1 } : undefined));
		joined.send(0, options(1) + options(2));
		expect(joined.writes[0].map(String)).toEqual([options(1) + options(2)]);
		const lone = each({ join: 1 });
		lone.send(0, options(1));
		lone.wait(1);
		expect(lone.text(0)).toBe(options(1));
	});

	it("cut, close, another end-line", () => {
		const cut = each({ cut: 30, close: "rst" });
		cut.send(0, options(1) + options(2));
		expect(cut.text(0)).toBe(options(1).slice(0, 30));
		expect(cut.closed[0]).toEqual(["rst"]);
		const fin = each({ close: "fin" });
		fin.send(0, options(1) + options(2));
		expect([fin.text(0), fin.closed[0]]).toEqual([options(1), ["fin"]]);
		const flag = new Rig([stage({ msrp: () => ({ endLine: { flag: "#" } }) })]);
		flag.send(0, send("abcd1", "hello"));
		expect(flag.text(0)).toBe(send("abcd1", "hello", "1-5/5", "#"));
	});

	it("the stages stand in a row: the way back is the other way round", () => {
		const seen: string[] = [];
		const named = (name: string) => stage({ name, sip: () => void seen.push(name) as undefined });
		const rig = new Rig([named("near"), named("far")]);
		rig.send(0, options(1));
		rig.send(1, options(2));
		expect(seen).toEqual(["near", "far", "far", "near"]);
	});

	it("the end waits behind a held message", () => {
		let hold: Hold | undefined;
		const rig = each((unit) => {
			hold = unit.connection.hold();
			return { hold };
		});
		rig.send(0, options(1));
		rig.close(0);
		expect(rig.closed[0]).toEqual([]);
		hold!.release();
		expect([rig.text(0), rig.closed[0]]).toEqual([options(1), ["fin"]]);
	});

	it("what a stage does not touch is not held at all", () => {
		const rig = new Rig([stage({ touches: (_, dir, protocol) => protocol === undefined || (protocol === "sip" && dir === 0) })]);
		rig.send(0, send("abcd1", "hello").slice(0, 40));
		expect(rig.relay.active(1)).toBe(false);
		rig.send(0, send("abcd1", "hello").slice(40, 200));
		expect(rig.relay.active(0)).toBe(false);
		rig.send(0, send("abcd1", "hello").slice(200));
		expect(rig.text(0)).toBe(send("abcd1", "hello"));
	});

	it("over UDP each datagram is one message", () => {
		const rig = new Rig([stage(edit("alice", "carol"))], { flow: { transport: "udp" } });
		rig.send(0, options(1));
		rig.send(0, "\x80\x00rtp");
		rig.send(0, "\r\n\r\n");
		expect(rig.writes[0].map((write) => write.toString("latin1"))).toEqual([
			options(1).replace("alice", "carol"),
			"\x80\x00rtp",
			"\r\n\r\n",
		]);
		expect(rig.entries.find((entry) => entry.flow.leg === "server")!.rewritten).toBeDefined();
	});
});

describe("over WebSocket", () => {
	it("one message is one write, MSRP frames come whole, and what is no single message passes", () => {
		const seen: boolean[] = [];
		const rig = new Rig(
			[
				stage({ ...edit("alice", "carol"), ...wholeEdit("hello", "good day") }),
				stage({ msrp: (unit) => void seen.push(unit.whole) as undefined }),
			],
			{
				flow: { carrier: "ws" },
			},
		);
		rig.send(0, options(1));
		rig.send(0, send("abcd1", "hello"));
		rig.send(0, send("abcd2", "one") + send("abcd3", "two"));
		expect(rig.writes[0].map(String)).toEqual([
			options(1).replace("alice", "carol"),
			send("abcd1", "good day"),
			send("abcd2", "one") + send("abcd3", "two"),
		]);
		expect(seen).toEqual([true]);
	});
});

describe("faults inside", () => {
	it("of a stage leave the message as it was and are told once", () => {
		const rig = new Rig([
			stage({
				name: "broken",
				sip: () => {
					throw new Error("no such thing");
				},
			}),
		]);
		rig.send(0, options(1) + options(2));
		expect(rig.text(0)).toBe(options(1) + options(2));
		expect(rig.entries.flatMap((entry) => entry.problems).filter(({ id }) => id === "relay.stage-fault")).toEqual([
			expect.objectContaining({ detail: "broken: no such thing" }),
		]);
	});

	it("of an edit that does not fit likewise", () => {
		const rig = new Rig([stage({ sip: () => ({ edits: [{ start: 5, end: 100_000, octets: Buffer.alloc(0) }] }) })]);
		rig.send(0, options(1));
		expect(rig.text(0)).toBe(options(1));
		expect(problems(rig)).toEqual(["relay.stage-fault"]);
	});

	it("of a framer make the direction opaque and lose nothing", () => {
		for (const [Framer, traffic] of [
			[SipFramer, options(1, "hello") + options(2)],
			[MsrpFramer, send("abcd1", "hello") + send("abcd2", "more")],
		] as const) {
			const rig = new Rig([stage()]);
			rig.send(0, traffic.slice(0, 150));
			const broken = vi.spyOn(Framer.prototype, "feed").mockImplementation(() => {
				throw new Error("broken");
			});
			rig.send(0, traffic.slice(150, 200));
			broken.mockRestore();
			rig.send(0, traffic.slice(200));
			expect(rig.text(0)).toBe(traffic);
			expect(problems(rig)).toEqual(["relay.opaque"]);
		}
	});

	it("are not reported where all is well", () => {
		const rig = new Rig([stage()]);
		rig.send(0, options(1) + options(2));
		rig.close(0);
		expect(problems(rig)).toEqual([]);
	});
});
