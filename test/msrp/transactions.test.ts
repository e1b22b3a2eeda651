import { describe, expect, it } from "vitest";
import type { Carrier } from "../../src/core/model/entry.js";
import type { Direction, Flow } from "../../src/core/model/flow.js";
import { DEFAULT_LIMITS, type Limits } from "../../src/core/model/limits.js";
import { MsrpStreamDecoder } from "../../src/core/protocols/msrp/index.js";
import { MsrpConnectionTable } from "../../src/core/session/msrp-transactions.js";
import { flow, moment } from "./capture-facts.js";
import { FROM, octets, request, response, TO } from "./make.js";

/** A table and what it said, as "entry id" in the order of saying. */
class Scene {
	readonly table: MsrpConnectionTable;
	readonly said: string[] = [];
	readonly answers: (number | undefined)[] = [];
	#number = 0;

	constructor(limits: Limits = DEFAULT_LIMITS) {
		this.table = new MsrpConnectionTable(limits);
	}

	/** One frame that began at `began` and was whole at `ms`. */
	send(through: Flow, dir: Direction, ms: number, text: string, over: Carrier = "tcp", began = ms): this {
		const decoder = new MsrpStreamDecoder({
			frame: (msrp) => {
				const number = ++this.#number;
				const { answers, problems } = this.table.frame({ number, flow: through, dir, over, msrp, at: moment(ms), began: moment(began) });
				this.answers[number] = answers;
				for (const { id } of problems) this.said.push(`${number} ${id}`);
			},
			skipped: () => expect.unreachable(),
			problem: () => expect.unreachable(),
		});
		const buf = octets(text);
		decoder.feed(buf, 0, buf.length);
		decoder.end();
		return this;
	}

	advance(ms: number): this {
		for (const { entry, problem } of this.table.advance(moment(ms))) this.said.push(`${entry} ${problem.id}`);
		return this;
	}

	close(through: Flow, ms: number, how: "fin" | "rst" | "idle" | "end-of-capture" = "fin"): this {
		for (const { entry, problem } of this.table.close(through, moment(ms), how)) this.said.push(`${entry} ${problem.id}`);
		return this;
	}
}

const SEND = request({ body: "hello", range: "1-5/5" });
const REPORTED = request({ body: "hello", range: "1-5/5", headers: ["Success-Report: yes"] });
const OK = response("tid0001", "200 OK");
const report = (over: { id?: string; range?: string; status?: string; messageId?: string; to?: string; from?: string } = {}): string =>
	request({
		id: over.id ?? "rep0001",
		method: "REPORT",
		to: over.to ?? FROM,
		from: over.from ?? TO,
		messageId: over.messageId ?? "m-1",
		range: over.range ?? "1-5/5",
		headers: [`Status: 000 ${over.status ?? "200"}`],
	});

describe("MSRP transactions", () => {
	it("times out after 30 s, not before, and takes the late response", () => {
		const scene = new Scene().send(flow(1), 0, 0, SEND).advance(29_999);
		expect(scene.said).toEqual([]);
		scene.advance(30_000).send(flow(1), 1, 31_000, OK).advance(90_000);
		expect(scene.said).toEqual(["1 msrp.response-timeout"]);
		expect(scene.answers[2]).toBe(1);
	});

	it("expects no response when the connection or the capture ends first, or none is asked for", () => {
		expect(new Scene().send(flow(1), 0, 0, SEND).close(flow(1), 20_000).advance(90_000).said).toEqual([]);
		for (const value of ["no", "partial", "NO"]) {
			const text = request({ body: "hello", range: "1-5/5", headers: [`Failure-Report: ${value}`] });
			expect(new Scene().send(flow(1), 0, 0, text).advance(90_000).said).toEqual([]);
		}
		expect(new Scene().send(flow(1), 0, 0, SEND).send(flow(1), 1, 1, report()).advance(90_000).said).not.toContain(
			"2 msrp.response-timeout",
		);
	});

	it("expects one to other methods", () => {
		const text = request({ method: "NICKNAME", messageId: "", headers: ['Use-Nickname: "A"'] });
		expect(new Scene().send(flow(1), 0, 0, text).advance(31_000).said).toEqual(["1 msrp.response-timeout"]);
	});

	it("accuses no one for what a gap may have swallowed", () => {
		const answerLost = new Scene().send(flow(1), 0, 0, SEND);
		answerLost.table.gap(flow(1), 1);
		expect(answerLost.advance(31_000).said).toEqual([]);
		const requestLost = new Scene();
		requestLost.table.gap(flow(1), 0);
		expect(requestLost.send(flow(1), 1, 5, OK).send(flow(1), 1, 6, report()).close(flow(1), 9).said).toEqual([]);
		const reportLost = new Scene().send(flow(1), 0, 0, REPORTED).send(flow(1), 1, 1, OK);
		reportLost.table.gap(flow(1), 1);
		expect(reportLost.close(flow(1), 9).said).toEqual([]);
	});

	it("finds a response that took another connection", () => {
		const scene = new Scene().send(flow(1), 0, 0, SEND).send(flow(2), 1, 5, OK).advance(40_000);
		expect([scene.said, scene.answers[2]]).toEqual([["2 msrp.response-wrong-connection"], 1]);
		const stranger = new Scene()
			.send(flow(1), 0, 0, SEND)
			.send(flow(2), 1, 5, response("tid0001", "200 OK", "msrp://carol.example:1/c;tcp"));
		expect(stranger.said).toEqual(["2 msrp.response-unknown-transaction"]);
	});

	it("compares response paths as URIs", () => {
		const to = FROM.replace("alice.example", "ALICE.example").replace("msrp:", "MSRP:");
		expect(new Scene().send(flow(1), 0, 0, SEND).send(flow(1), 1, 1, response("tid0001", "200 OK", to)).said).toEqual([]);
	});

	it("lets requests cross a 481 or 413, and '#' follow a 413", () => {
		const chunk = (id: string, flag: string): string => request({ id, body: "hello", range: "1-*/50", flag });
		const stopped = (status: string, ms: number, flag: string, began = ms): string[] =>
			new Scene()
				.send(flow(1), 0, 0, chunk("tid0001", "+"))
				.send(flow(1), 1, 100, response("tid0001", status))
				.send(flow(1), 0, ms, chunk("tid0002", flag), "tcp", began).said;
		const refused = "2 msrp.error-response";
		expect(stopped("413 Stop", 200, "+")).toEqual([refused]);
		expect(stopped("413 Stop", 900, "+", 50)).toEqual([refused]);
		expect(stopped("413 Stop", 900, "#")).toEqual([refused]);
		expect(stopped("413 Stop", 900, "+")).toEqual([refused, "3 msrp.chunk-after-413"]);
		expect(stopped("481 Gone", 200, "$")).toEqual([refused]);
		expect(stopped("481 Gone", 900, "$")).toEqual([refused, "3 msrp.send-after-481"]);
		expect(stopped("200 OK", 900, "$")).toEqual([]);
	});

	it("stops a message by a REPORT with 413", () => {
		const scene = new Scene()
			.send(flow(1), 0, 0, request({ body: "hello", range: "1-*/50", flag: "+" }))
			.send(flow(1), 1, 10, report({ status: "413" }));
		scene.send(flow(1), 0, 900, request({ id: "tid0002", body: "hello", range: "6-*/50", flag: "+" }));
		expect(scene.said).toEqual(["3 msrp.chunk-after-413"]);
	});

	it("lets an id be used again when its transaction is over or needs no response", () => {
		const again = new Scene().send(flow(1), 0, 0, SEND).send(flow(1), 1, 1, OK).send(flow(1), 0, 2, SEND);
		expect(again.said).toEqual([]);
		const silent = request({ body: "x", range: "1-1/1", headers: ["Failure-Report: no"] });
		expect(new Scene().send(flow(1), 0, 0, silent).send(flow(1), 0, 1, silent).said).toEqual([]);
		const late = new Scene().send(flow(1), 0, 0, SEND).advance(31_000).send(flow(1), 0, 32_000, SEND).send(flow(1), 1, 32_001, OK);
		expect([late.said, late.answers[3]]).toEqual([["1 msrp.response-timeout"], 2]);
	});

	it("stays within its bounds and then accuses no one", () => {
		const scene = new Scene({ ...DEFAULT_LIMITS, openTransactions: 2, msrpOpenMessages: 2 });
		for (const i of [1, 2, 3])
			scene.send(
				flow(1),
				0,
				i,
				request({ id: `tid000${i}`, messageId: `m-${i}`, body: "x", range: "1-1/1", headers: ["Success-Report: yes"] }),
			);
		scene.send(flow(1), 1, 10, OK).send(flow(1), 1, 11, report()).close(flow(1), 12, "end-of-capture");
		expect(scene.said).toEqual([]);
	});

	it("has no findings for requests that were cut off, and knows their responses", () => {
		const scene = new Scene().send(flow(1), 0, 0, SEND.slice(0, -20)).send(flow(1), 1, 10, OK).advance(60_000);
		expect([scene.said, scene.answers[2]]).toEqual([[], 1]);
	});
});

describe("MSRP reports", () => {
	it("asks for the success REPORT when the connection is closed, not when the capture ends", () => {
		const open = (): Scene => new Scene().send(flow(1), 0, 0, REPORTED).send(flow(1), 1, 1, OK);
		expect(open().close(flow(1), 9, "rst").said).toEqual(["1 msrp.success-report-missing"]);
		expect(open().close(flow(1), 9, "end-of-capture").said).toEqual([]);
		expect(open().send(flow(1), 1, 2, report()).close(flow(1), 9).said).toEqual([]);
		expect(
			open()
				.send(flow(1), 1, 2, report({ status: "408" }))
				.close(flow(1), 9).said,
		).toEqual([]);
		expect(new Scene().send(flow(1), 0, 0, REPORTED).send(flow(1), 1, 1, response("tid0001", "415 No")).close(flow(1), 9).said).toEqual([
			"2 msrp.error-response",
		]);
	});

	it("waits for a chunk under way before it judges a REPORT", () => {
		const scene = new Scene()
			.send(flow(1), 1, 500, report({ range: "1-3/5" }))
			.send(flow(1), 0, 900, REPORTED, "tcp", 100)
			.close(flow(1), 1000);
		expect(scene.said).toEqual([]);
		const joined = flow(1, { openerKnown: false });
		const later = new Scene().send(joined, 1, 500, report()).send(joined, 0, 900, SEND, "tcp", 600);
		expect(later.close(joined, 1000).said).toEqual(["1 msrp.report-unknown-message"]);
		const unknown = new Scene().send(joined, 1, 500, report({ messageId: "other" })).send(joined, 0, 900, SEND, "tcp", 600);
		expect(unknown.advance(1000).said).toEqual(["1 msrp.report-unknown-message"]);
	});

	it("ties a REPORT to the last chunk of its message", () => {
		const scene = new Scene()
			.send(flow(1), 0, 0, request({ body: "hel", range: "1-*/5", flag: "+", headers: ["Success-Report: yes"] }))
			.send(flow(1), 0, 1, request({ id: "tid0002", body: "lo", range: "4-5/5", headers: ["Success-Report: yes"] }))
			.send(flow(1), 1, 2, report());
		expect([scene.answers[3], scene.said]).toEqual([2, []]);
	});

	it("follows a REPORT through a relay that is its own next hop", () => {
		const relay = "msrp://relay.example:2855/s.1;tcp";
		const sent = request({
			to: `${relay} ${TO}`,
			from: `${relay} ${FROM}`,
			body: "hello",
			range: "1-5/5",
			headers: ["Success-Report: yes"],
		});
		const scene = new Scene().send(flow(1), 0, 0, sent).send(flow(1), 0, 5, report({ to: `${relay} ${FROM}`, from: `${relay} ${TO}` }));
		expect([scene.answers[2], scene.close(flow(1), 9).said]).toEqual([1, []]);
		const elsewhere = new Scene().send(flow(1), 0, 0, sent).send(flow(2), 0, 5, report({ to: `${relay} ${FROM}` }));
		expect(elsewhere.close(flow(2), 9).close(flow(1), 9).said).toEqual([]);
	});
});

describe("MSRP connections", () => {
	it("expects the active side to send, when told of the connection", () => {
		const scene = new Scene();
		scene.table.opened(flow(1), moment(0));
		scene.table.opened(flow(2), moment(0));
		scene.table.opened(flow(3, { openerKnown: false }), moment(0));
		scene.table.heard(flow(2), 0);
		expect(scene.advance(9_999).said).toEqual([]);
		expect(scene.advance(10_000).advance(50_000).said).toEqual(["0 msrp.no-initial-send"]);
	});

	it("does not accuse the passive side when the first request was under way, or TLS told it", () => {
		const early = (over: Carrier, through: Flow, began: number): string[] =>
			new Scene()
				.send(through, 1, 100, request({ to: FROM, from: TO }), over)
				.send(through, 0, 200, SEND, over, began)
				.advance(300).said;
		expect(early("tcp", flow(1), 150)).toEqual(["1 msrp.passive-sent-first"]);
		expect(early("tcp", flow(1), 50)).toEqual([]);
		expect(early("tcp", flow(1, { openerKnown: false }), 150)).toEqual([]);
		expect(early("tls", flow(1), 150)).not.toContain("1 msrp.passive-sent-first");
	});

	it("reports a session on two live connections", () => {
		const numbered = (n: number): string => request({ id: `tid000${n}`, messageId: `m-${n}`, body: "x", range: "1-1/1" });
		const both = new Scene().send(flow(1), 0, 0, numbered(1)).send(flow(2), 0, 10, numbered(2)).send(flow(1), 0, 20, numbered(3));
		expect(both.said).toEqual(["3 msrp.session-two-connections"]);
		const moved = new Scene().send(flow(1), 0, 0, numbered(1)).send(flow(2), 0, 10, numbered(2)).send(flow(2), 0, 20, numbered(3));
		expect(moved.said).toEqual([]);
		const reconnected = new Scene()
			.send(flow(1), 0, 0, numbered(1))
			.close(flow(1), 5)
			.send(flow(2), 0, 10, numbered(2))
			.send(flow(2), 0, 20, numbered(3));
		expect(reconnected.said).toEqual([]);
	});

	it("takes the two sides of a box for one session", () => {
		const scene = new Scene();
		for (const i of [1, 2, 3]) {
			const text = request({ id: `tid000${i}`, messageId: `m-${i}`, body: "x", range: "1-1/1" });
			const newId = text.replaceAll(`tid000${i}`, `new000${i}`);
			scene
				.send(flow(1), 0, i * 10, text)
				.send(flow(2), 0, i * 10 + 1, text)
				.send(flow(3), 0, i * 10 + 2, newId);
		}
		expect(scene.said).toEqual([]);
	});

	it("compares the scheme with the transport, once per path", () => {
		const secure = request({ to: TO.replace("msrp:", "msrps:"), from: FROM.replace("msrp:", "msrps:") });
		const said = (over: Carrier, text: string): string[] =>
			new Scene().send(flow(1), 0, 0, text, over).send(flow(1), 0, 1, text.replaceAll("tid0001", "tid0002"), over).said;
		expect(said("tcp", secure)).toEqual(["1 msrp.scheme-transport-mismatch"]);
		expect(said("tls", request())).toEqual(["1 msrp.scheme-transport-mismatch"]);
		for (const [over, text] of [
			["tcp", request()],
			["tls", secure],
			["wss", secure],
			["exported", secure],
		] as const)
			expect(said(over, text)).toEqual([]);
	});
});
