import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { WhatIf } from "../../src/core/alg/what-if.js";
import { DEFAULT_LIMITS } from "../../src/core/model/limits.js";
import { AlgStage, type AlgStageOptions } from "../../src/core/relay/alg-stage.js";
import {
	DIAGNOSTICS,
	type Entry,
	entrySchema,
	type FlowSink,
	jsonEntry,
	Pipeline,
	RewritingSummary,
	rewritingSummaryJson,
	rewritingSummaryText,
	type SessionRewriting,
	TextExporter,
} from "../../src/index.js";
import { accepted, ack, BYE_OK, bye, contactOf, fromRoom, INVITE, OK, ROOM } from "./conversation.js";
import { Rig, stage } from "./rig.js";

const ROSTER = ["sip:alice@example.com", "sip:bob@example.com"];

interface Run {
	signalling: Rig;
	entries: Entry[];
	/** MSRP as it arrived at the client */
	messages: Entry[];
	summaries: SessionRewriting[];
}

/** The response with what it repeats of the request as its receiver got it (RFC 3261 §8.2.6.2). */
function echoing(response: string, request: string, toTag: string): string {
	return response.replace(/^(Via|From|To|Call-ID|CSeq): .*$/gm, (line, name: string) => {
		const got = new RegExp(`^${name}: .*$`, "m").exec(request)?.[0].trimEnd() ?? line;
		return name === "To" ? got + toTag : got;
	});
}

/** The request with the tag by which the caller knows the callee. */
function toTagged(request: string, answer: string): string {
	return request.replace(/^To: .*$/m, /^To: .*$/m.exec(answer)![0].trimEnd());
}

/** The whole conversation through a box that hides the room, each end answering what it really got. */
function converse(profiles: readonly string[], options: AlgStageOptions = { hides: "servers" }): Run {
	const stages = profiles.length === 0 ? [] : [new AlgStage(profiles, options)];
	const signalling = new Rig(stages, { classify: { given: { roster: ROSTER } } });
	signalling.send(0, INVITE);
	signalling.send(1, echoing(OK, signalling.text(0), ";tag=832"));
	const answer = signalling.text(1);
	const room = contactOf(answer);
	signalling.send(0, toTagged(ack(room), answer));
	const media = new Rig([], { beside: signalling });
	const S = `${ROOM};isfocus`;
	for (const [id, from, to] of [
		["sys1", S, S],
		["sys2", S, S],
		["sys3", S, S],
		["grp1", "sip:alice@example.com", S],
	] as const) {
		media.send(1, fromRoom(id, from, to));
		media.send(0, accepted(id));
	}
	signalling.send(0, toTagged(bye(room), answer));
	const asked = signalling.text(0);
	signalling.send(1, echoing(BYE_OK, asked.slice(asked.lastIndexOf("BYE sip:")), ""));
	const { entries } = signalling;
	const summaries: SessionRewriting[] = [];
	const summary = new RewritingSummary((ended) => summaries.push(ended));
	for (const entry of entries) summary.entry(entry);
	summary.finish();
	const messages = entries.filter((entry) => entry.protocol === "msrp" && entry.msrp.kind === "request" && entry.flow.leg === "client");
	return { signalling, entries, messages, summaries };
}

const headlines = (entry: Entry) => Object.fromEntries(entry.verdict!.models.map(({ model, headline }) => [model, headline]));

describe("a conversation with a room", () => {
	it("without a box: clients agree, nothing is rewritten and nothing is summed up", () => {
		const { messages, entries, summaries } = converse([]);
		expect(messages.map((entry) => entry.verdict!.headline)).toEqual(["system", "system", "system", "group"]);
		expect(messages.flatMap((entry) => entry.verdict!.divergences)).toEqual([]);
		expect(messages.map((entry) => entry.verdict!.unrewritten)).toEqual([undefined, undefined, undefined, undefined]);
		expect(entries.filter((entry) => entry.rewritten !== undefined)).toEqual([]);
		expect(summaries).toEqual([]);
	});

	it("A2 brings about the divergences that the specification predicts (W2, W7), and calls still work through it", () => {
		const { signalling, messages } = converse(["A2"]);
		const room = contactOf(signalling.text(1));
		expect(room).not.toContain("sess-7f3a");
		expect(signalling.text(0)).toContain(`ACK ${ROOM};isfocus SIP/2.0`);
		expect(signalling.text(0)).toContain(`BYE ${ROOM};isfocus SIP/2.0`);
		expect(messages.map((entry) => entry.verdict!.headline)).toEqual(["system", "system", "system", "group"]);
		expect(messages.map((entry) => entry.verdict!.divergences.map(({ code }) => code))).toEqual([
			["DO1", "DA1"],
			["DO1", "DA1"],
			["DO1", "DA1"],
			["DA1"],
		]);
		expect(messages[0]!.verdict!.divergences[0]!.cause).toBe(`Contact rewritten: <${ROOM};isfocus> became <${room}>`);
		expect(headlines(messages[0]!)).toMatchObject({ legacy: "private", isfocus: "system" });
		expect(messages[0]!.verdict!.unrewritten).toContainEqual(expect.objectContaining({ model: "legacy", headline: "system" }));
	});

	it("shows on the message that went on what the box changed, and by which profile", () => {
		const { entries } = converse(["A2"]);
		const answer = entries.find((entry) => entry.protocol === "sip" && entry.sip.kind === "response" && entry.flow.leg === "client")!;
		expect(answer.rewritten!.stages).toEqual([
			{ by: "A2", edits: [expect.objectContaining({ part: expect.stringContaining("Contact") })] },
		]);
		expect(answer.rewritten!.before.toString()).toBe(OK);
		expect(entries[answer.rewritten!.received! - 1]).toMatchObject({ protocol: "sip", flow: { leg: "server" } });
		const line = new TextExporter({ verbosity: 1 }).entry(answer);
		expect(line).toContain("[A2: Contact");
		expect(line).toMatch(/A2: Contact[^\n]*"[^"\n]*sess-7f3a[^"\n]*" became "/);
		const json = JSON.parse(jsonEntry(answer)) as { rewritten: { received: number; edits: { by: string; before: string }[] } };
		expect(json.rewritten.received).toBe(answer.rewritten!.received);
		expect(json.rewritten.edits[0]).toMatchObject({ by: "A2", before: expect.stringContaining("sess-7f3a") });
		const validate = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(entrySchema());
		expect(validate(json)).toBe(true);
	});

	it("sums up at the end of the session what clients of each kind show otherwise", () => {
		const { summaries } = converse(["A2"]);
		expect(summaries).toHaveLength(1);
		const text = rewritingSummaryText(summaries[0]!);
		expect(text).toContain("with this rewriting a client that compares identities shows 3 messages of class SYS as PRIV\n");
		expect(text).toContain("with this rewriting a client that compares identities shows a group message as a private message\n");
		expect(text).not.toContain("looks for isfocus");
		expect(JSON.parse(rewritingSummaryJson(summaries[0]!))).toMatchObject({
			event: "session-rewriting",
			session: "c1",
			shown: expect.arrayContaining([{ model: "legacy", before: "system", after: "private", messages: 3 }]),
		});
	});

	it.each([
		"A1",
		"A2",
		"A3",
		"A4",
		"A5",
		"topo-strip",
		"topoh",
		"alias",
		"rtpe-pass",
		"anchor-b2bua",
		"msrp-b2bua",
		"nf-sip",
		"nated-contact",
		"fw-snat",
		"naive-cpe",
		"A7",
		"A8",
		"A9",
	])("what if %s had stood in its path: the question about the call without it foretells the call with it", (name) => {
		const without = converse([]);
		const whatIf = new WhatIf({ names: [name], classify: { given: { roster: ROSTER }, limits: DEFAULT_LIMITS }, inside: "room" });
		const foretold = without.entries.flatMap((entry) => {
			const found = whatIf.entry(entry);
			return found?.kind === "message" && without.messages.includes(entry) ? [found.after] : [];
		});
		const live = converse([name]).messages.map(({ verdict }) => verdict!);
		expect(foretold.map(({ headline, codes }) => [headline, codes])).toEqual(
			live.map(({ headline, divergences }) => [headline, divergences.map(({ code }) => code)]),
		);
		expect(foretold.map(({ models }) => models["legacy"])).toEqual(
			live.map(({ models }) => models.find(({ model }) => model === "legacy")?.headline),
		);
	});

	it("a recording of both legs, read later, gives the entries and verdicts of the live run", () => {
		const live = converse(["A2"]);
		const read: Entry[] = [];
		const pipeline = new Pipeline({ classify: { given: { roster: ROSTER } }, onEntry: (entry) => void read.push(entry) });
		const flows = new Map<number, FlowSink>();
		for (const { flow, dir, octets } of live.signalling.recorded) {
			const { leg, hop, annotate, ...captured } = flow;
			if (!flows.has(flow.id)) flows.set(flow.id, pipeline.openFlow(captured));
			flows.get(flow.id)!.data(dir, octets, 0, octets.length, { sec: 1000, nsec: 0, packet: 0 });
		}
		const shape = ({ number, protocol, flow, dir, offset, length, verdict, links }: Entry) => ({
			...{ number, protocol, dir, offset, length, links, flow: flow.id },
			verdict: verdict && [verdict.headline, verdict.unrewritten, verdict.divergences.map(({ text }) => text)],
		});
		expect(read.map(shape)).toEqual(live.entries.map(shape));
		expect(read.flatMap((entry) => entry.verdict?.divergences ?? []).length).toBe(14);
	});

	it("a message that a profile drops is told of, once", () => {
		const { entries } = converse([]);
		expect(entries.flatMap((entry) => entry.problems).filter(({ id }) => id === "relay.dropped")).toEqual([]);
		const rig = new Rig([new AlgStage(["nf-sip"])]);
		rig.send(0, INVITE.replace(/CSeq: 1 INVITE\r\n/, ""));
		expect(rig.text(0)).toBe("");
		const found = rig.entries.flatMap((entry) => entry.problems).filter(({ id }) => id === "relay.dropped");
		expect(found).toEqual([expect.objectContaining({ detail: expect.stringContaining("nf-sip") })]);
		expect(DIAGNOSTICS["relay.dropped"].severity).toBe("note");
	});

	it("profiles that do not exist are refused at once", () => {
		expect(() => new AlgStage(["nf-sap"])).toThrow(/nf-sip/);
	});

	it("the box hides each client behind the proxy's address unless told another", () => {
		const rig = new Rig([new AlgStage(["nf-sip"], { outside: { address: "203.0.113.9", port: 40123 } })]);
		rig.send(0, INVITE.replaceAll("192.0.2.1:5060", "192.0.2.1:40001"));
		expect(contactOf(rig.text(0))).toBe("sip:bob@203.0.113.9:40123;transport=tcp");
		const other = new Rig([new AlgStage(["nf-sip"])]);
		other.send(0, INVITE.replaceAll("192.0.2.1:5060", "192.0.2.1:40001"));
		expect(contactOf(other.text(0))).toBe("sip:bob@192.0.2.100:40002;transport=tcp");
	});

	it("MSRP is not held up by a box that does not look at it", () => {
		const rig = new Rig([new AlgStage(["A2"])]);
		rig.send(1, fromRoom("sys1", ROOM, ROOM));
		expect([rig.relay.active(0), rig.relay.active(1)]).toEqual([false, false]);
		expect(stage().touches(undefined as never, 0, "msrp")).toBe(true);
	});
});
