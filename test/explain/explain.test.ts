import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ChainCollector } from "../../src/core/explain/chain.js";
import { explain, withChain } from "../../src/core/explain/explain.js";
import { explanationMarkdown, explanationText } from "../../src/core/explain/render.js";
import type { Block, Explanation } from "../../src/core/explain/types.js";
import { PLAIN_PALETTE } from "../../src/core/export/palette.js";
import type { MsrpEntry } from "../../src/core/model/entry.js";
import { Drive, msrpSend, sip } from "../pipeline/drive.js";
import { ALICE, BOB, S, S0, Scene, X } from "./scene.js";

const OPTIONS = { classify: { level: "uri", rules: "both" }, zero: { sec: 1000, nsec: 0 } } as const;
const behindAlg = () => new Scene(`<${X}>;isfocus`, `<${S}>;isfocus`);
const of = (entry: MsrpEntry): Explanation => explain(entry, entry.verdict!, OPTIONS);
const text = (explanation: Explanation, width = 100) => explanationText(explanation, PLAIN_PALETTE, width);

/** The lines of one section, without indent; points begin with "- ". */
function section(explanation: Explanation, title: string): string[] {
	const found = explanation.sections.find((one) => one.title === title);
	return (found?.blocks ?? []).map((block: Block) => {
		if (block.kind === "octets") return `${block.before}[${block.marked}]${block.after}`;
		return (block.kind === "point" ? "- " : "") + block.parts.map((part) => (typeof part === "string" ? part : part.wire)).join("");
	});
}

describe("a system message behind an ALG (W2)", () => {
	test("the whole text", () => {
		const scene = behindAlg();
		const chains = new ChainCollector(() => {});
		const entry = scene.send(S, S, { msrp: ["Success-Report: yes"] });
		const explanation = of(entry);
		scene.answer("200", false);
		for (const one of scene.entries) chains.add(one);
		expect(text(withChain(explanation, chains.of(5)))).toBe(`#5: MSRP SEND of session c1 at 0.080000 s, to the client

Verdict
  A compliant client on this leg shows a system message.
    - Class system, from the room itself to everybody, confidence high; rendering: notice of the
      room, not replyable.
    - Filed under the room <sip:b2b-91c0@203.0.113.9:5071>; by a client that compares identities
      under the private thread with <sip:sess-7f3a@focus.im.example.com;isfocus>; by a client that
      looks for isfocus under the room <sip:sess-7f3a@focus.im.example.com;isfocus>; by either kind
      of client under the room <sip:sess-7f3a@focus.im.example.com;isfocus>, had nothing rewritten
      the signalling.
    - Flags: identity-conflict.
    - In truth it is a system message, from the room itself to everybody. Proof: Contact on the
      server's leg, entry 3.
  ! DO1: a client that compares identities misses a system message that isfocus shows. Cause:
    Contact rewritten: <sip:sess-7f3a@focus.im.example.com;isfocus> became
    <sip:b2b-91c0@203.0.113.9:5071>.
  ! DA1: a client that compares identities shows a message to all as private. Cause: Contact
    rewritten: <sip:sess-7f3a@focus.im.example.com;isfocus> became <sip:b2b-91c0@203.0.113.9:5071>.

The message
  sess-7f3a → sess-7f3a: text/plain «Hello»
      From: <sip:sess-7f3a@focus.im.example.com;isfocus>
             ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
      To: <sip:sess-7f3a@focus.im.example.com;isfocus>
           ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~

What was known at that moment, and from where
  The session is a conference: Contact has the header parameter isfocus (#3) and Contact has the
  header parameter isfocus (#4).
    - Session identity, what every client takes from the Contact: <sip:b2b-91c0@203.0.113.9:5071>
      (the Contact of the room's side, #4).
    - Conference factory: <sip:conf-factory@im.example.com> (the Request-URI of the INVITE, #1).
    - The user's own identity: <sip:bob@example.com> (From of the INVITE, #1).
    - Participants: <sip:alice@example.com> (given by hand); <sip:bob@example.com> (given by hand).
    - What the standards leave open is read as OMA SIMPLE IM has it.
    - Not known: what a NOTIFY of the conference event would tell.

What each kind of client shows, and why
  A client that compares identities (legacy) shows a private message of a participant.
    - From <sip:sess-7f3a@focus.im.example.com;isfocus> is no identity of the room: its user is not
      that of <sip:b2b-91c0@203.0.113.9:5071> (the Contact of the room's side, #4).
    - To <sip:sess-7f3a@focus.im.example.com;isfocus> is no identity of the room: its user is not
      that of <sip:b2b-91c0@203.0.113.9:5071> (the Contact of the room's side, #4).
  A client that looks for isfocus (isfocus) shows a system message.
    - From <sip:sess-7f3a@focus.im.example.com;isfocus> has the URI parameter isfocus.
    - To <sip:sess-7f3a@focus.im.example.com;isfocus> has the URI parameter isfocus.
  A client that follows the wording of the change request (literal) shows a system message to one
  user.
    - From <sip:sess-7f3a@focus.im.example.com;isfocus> has the URI parameter isfocus.
    - To <sip:sess-7f3a@focus.im.example.com;isfocus> is no identity of the room: its user is not
      that of <sip:b2b-91c0@203.0.113.9:5071> (the Contact of the room's side, #4).
  A client that compares with the dialog's remote party, as sipsimple does (dialog) shows a private
  message of a participant.
    - The dialog's remote party is <sip:conf-factory@im.example.com>; its Contact has the header
      parameter isfocus, and the only To has another user or host.
  A client that goes by phone numbers, as rcsjta does (phone) shows a group message.
    - It takes From for the sender only where that is a phone number, and To for notifications only.
  A client that does all that the standards allow (reference) shows a system message.
    - For the same reasons as isfocus.

Rules and clauses (CR: the OMA change request on isfocus)
  R12 (CR 7.1.3.3): From carries the URI parameter isfocus, so the room itself speaks.
  R20 (CR 7.1.3.3): To is the room, so the message is for all.
  R34 (CR 7.1.3.3): the class follows from who speaks and for whom.
  I2 (RFC 4579 §4.2, RFC 4575 §5.2): the sources of the room's identity disagree, which is said once
  a session.
    - the Contact of the room's side: sip:b2b-91c0@203.0.113.9:5071, #4
    - the Contact of the room's side: sip:sess-7f3a@focus.im.example.com;isfocus, #3
    - a CPIM From with isfocus: sip:sess-7f3a@focus.im.example.com;isfocus, #5

What would change it
  Without ;isfocus in From this would be a group message (a client that compares identities still
  shows a private message, one that looks for isfocus shows a group message).
  Without ;isfocus in To this would be a system message to one user (a client that compares
  identities still shows a private message, one that looks for isfocus shows a system message to one
  user).
  Without ;isfocus in From and To this would be a private message (a client that compares identities
  still shows a private message, one that looks for isfocus shows a private message: then they
  agree).
  With the room's identity <sip:b2b-91c0@203.0.113.9:5071> in To this would still be a system
  message (a client that compares identities shows a group message, one that looks for isfocus shows
  a system message to one user).
  With the user's own address <sip:bob@example.com> in To this would be a system message to one user
  (a client that compares identities still shows a private message, one that looks for isfocus shows
  a system message to one user).
  If this client knew <sip:sess-7f3a@focus.im.example.com;isfocus> as the room's identity
  (--session-identity) this would still be a system message (a client that compares identities shows
  a system message, one that looks for isfocus still shows a system message: then they agree).

What came back for #5
  response: 200 OK, #6, 0.010000 s later.
  ! REPORT: missing, though it was asked for.
  IMDN delivered: not asked for.
  IMDN displayed: not asked for.
`);
	});

	test("the group message behind it (W7): which component failed", () => {
		const explanation = of(behindAlg().send(ALICE, S));
		expect(section(explanation, "Verdict").slice(0, 1)).toEqual(["A compliant client on this leg shows a group message of a participant."]);
		expect(section(explanation, "What each kind of client shows, and why").slice(0, 3)).toEqual([
			"A client that compares identities (legacy) shows a private message of a participant.",
			`- From <${ALICE}> is no identity of the room: its user is not that of <${X}> (the Contact of the room's side, #4).`,
			`- To <${S}> is no identity of the room: its user is not that of <${X}> (the Contact of the room's side, #4).`,
		]);
	});
});

describe("what would change it", () => {
	const changes = (entry: MsrpEntry) => section(of(entry), "What would change it");
	const plain = () => new Scene(`<${S}>;isfocus`);

	test("isfocus added to From and To of an unknown sender (W53)", () => {
		const entry = new Scene(`<${X}>;isfocus`).send(S0, S0);
		expect(section(of(entry), "Verdict").at(-1)).toBe(
			"They may all be wrong: an address that nobody knows behaves like the room's own (R35).",
		);
		expect(changes(entry)).toEqual([
			"With ;isfocus inside the brackets of From this would be a system message to one user (a client that compares identities still shows a private message, one that looks for isfocus shows a system message to one user).",
			"With ;isfocus inside the brackets of To this would be a group message (a client that compares identities still shows a private message, one that looks for isfocus shows a group message).",
			"With ;isfocus inside the brackets of From and of To this would be a system message (a client that compares identities still shows a private message, one that looks for isfocus shows a system message).",
			`With the room's identity <${X}> in From this would be a system message to one user (a client that compares identities shows a system message to one user, one that looks for isfocus still shows a private message).`,
			`With the room's identity <${X}> in To this would be a group message (a client that compares identities shows a group message, one that looks for isfocus still shows a private message).`,
			`If this client knew <${S0}> as the room's identity (--session-identity) this would be a system message (a client that compares identities shows a system message, one that looks for isfocus still shows a private message).`,
		]);
	});

	test("isfocus goes before the headers of a URI and past a user part with semicolons", () => {
		const send = (from: string) => plain().send(from, S);
		expect(changes(send("sip:room;isfocus@im.example.com"))[0]).toMatch(
			/^With ;isfocus inside the brackets of From this would be a system message/,
		);
		expect(changes(send("sip:room@im.example.com?isfocus=1"))[0]).toMatch(
			/^With ;isfocus inside the brackets of From this would be a system message/,
		);
		expect(changes(send("sip:room@im.example.com;%69sfocus"))[0]).toMatch(/^Without ;isfocus in From this would be a group message/);
	});

	test("misplaced after the bracket (W20): inside it counts", () => {
		const scene = new Scene(`<${X}>;isfocus`);
		const entry = scene.raw(`From: <${S0}>;isfocus\r\nTo: <${S0}>;isfocus\r\n\r\nContent-Type: text/plain\r\n\r\nHi`);
		expect(entry.verdict!.headline).toBe("private");
		expect(section(of(entry), "The message")[1]).toBe(`From: <[${S0}]>;isfocus`);
		expect(changes(entry)[2]).toMatch(/^With ;isfocus inside the brackets of From and of To this would be a system message/);
	});

	test("a typing indicator: only who speaks matters", () => {
		const entry = plain().send(ALICE, S, {
			type: "application/im-iscomposing+xml",
			text: '<isComposing xmlns="urn:ietf:params:xml:ns:im-iscomposing"><state>active</state></isComposing>',
		});
		expect(entry.verdict!.headline).toBe("composing");
		expect(changes(entry)).toEqual([
			"With ;isfocus inside the brackets of From this would still be a typing indicator, of the room itself for a client that looks for isfocus, of a user for the other kind.",
		]);
	});

	test("a typing indicator of the room: no client shows a message, and whose it is is what they may differ in", () => {
		const typing = {
			type: "application/im-iscomposing+xml",
			text: '<isComposing xmlns="urn:ietf:params:xml:ns:im-iscomposing"><state>active</state></isComposing>',
		};
		const entry = behindAlg().send(S, S, typing);
		const views = section(of(entry), "What each kind of client shows, and why").filter((line) => !line.startsWith("- "));
		expect(views.slice(0, 2)).toEqual([
			"A client that compares identities (legacy) takes it as from a participant to one user.",
			"A client that looks for isfocus (isfocus) takes it as from the room itself to everybody.",
		]);
		expect(changes(entry)[0]).toBe("Without ;isfocus in From this would still be a typing indicator, of a user for every client.");
		expect(changes(entry).at(-1)).toBe(
			`If this client knew <${S}> as the room's identity (--session-identity) this would still be a typing indicator, of the room itself for every client.`,
		);
		const plainly = plain().send(ALICE, S, typing);
		expect(section(of(plainly), "Verdict").at(-1)).toBe(
			"Clients agree: whether they compare identities or look for isfocus, they take it for the same sender's.",
		);
	});

	test("no SIP at all: knowing that it is a conference", () => {
		const scene = new Scene(`<${BOB}>`, undefined, {});
		const entry = scene.send(ALICE, BOB);
		expect(entry.verdict!.headline).toBe("one-to-one");
		expect(changes(entry)[0]).toMatch(/^With ;isfocus inside the brackets of From this would be/);
		expect(changes(entry)).toContain(
			"If the session were known to be a conference (kind: conference in a --knowledge file) this would be a private message (a client that compares identities shows a private message, one that looks for isfocus shows a private message: then they agree).",
		);
	});
});

describe("why: the words", () => {
	const why = "What each kind of client shows, and why";
	test("identities that fail in the same part are named together; levels and parts in words", () => {
		const scene = new Scene(`<${S}>;isfocus`);
		expect(section(of(scene.send(`${S0}:5070`, S)), why)[1]).toBe(
			`- From <${S0}:5070> is no identity of the room: its port is not that of <${S}> (the Contact of the room's side, #2).`,
		);
		const explanation = of(scene.send(S0, S));
		expect(section(explanation, why)[1]).toBe(
			`- From <${S0}> equals <${S}> (the Contact of the room's side, #2) by the rules for URIs (level uri).`,
		);
		expect(explanation.sections.map(({ title }) => title)).toContain("Rules and clauses (CR: the OMA change request on isfocus)");
	});

	test("the dialog's remote party: why for all, why private", () => {
		const remote = (contact: string, to: string) =>
			section(of(new Scene(contact).send(ALICE, to)), why).find((line) => line.startsWith("- The dialog's remote party"));
		const party = "- The dialog's remote party is <sip:conf-factory@im.example.com>; its Contact";
		expect(remote(`<${S}>;isfocus`, BOB)).toBe(`${party} has the header parameter isfocus, and the only To has another user or host.`);
		expect(remote(`<${S}>;isfocus`, "sip:conf-factory@im.example.com")).toBe(
			`${party} has the header parameter isfocus, and To has its user and host, or there are several.`,
		);
	});

	test("a session of which nothing was seen, and a SIP MESSAGE, which is of no session", () => {
		const content = `From: <${ALICE}>\r\nTo: <${BOB}>\r\n\r\nContent-Type: text/plain\r\n\r\nHello`;
		const drive = new Drive({ classify: {} });
		const paths = ["msrp://192.0.2.8:7000/b;tcp", "msrp://192.0.2.9:7000/a;tcp"] as const;
		drive.connect("192.0.2.9:7000", "192.0.2.8:7000").send("a", msrpSend("abcd1", ...paths, content, "message/cpim"));
		const headers = {
			Via: "SIP/2.0/TCP 192.0.2.9:5060;branch=z9hG4bKm",
			"Max-Forwards": "70",
			From: `<${ALICE}>;tag=a`,
			To: `<${BOB}>`,
			"Call-ID": "m1",
			CSeq: "1 MESSAGE",
		};
		drive.connect("192.0.2.9:5060", "192.0.2.8:5060").send("a", sip(`MESSAGE ${BOB} SIP/2.0`, headers, content, "message/cpim"));
		const known = drive.entries.map((entry) =>
			section(explain(entry as MsrpEntry, (entry as MsrpEntry).verdict!, OPTIONS), "What was known at that moment, and from where"),
		);
		expect(known[0]![0]).toBe(
			"No signalling of this session was seen, so nothing tells whether it is a conference: it is read as one-to-one, which is not certain.",
		);
		expect(known[0]!.at(-1)).toMatch(/^- Not known: the session identity /);
		expect(known[1]).toEqual([
			"It belongs to no call: such a message goes from one user to another.",
			"- What the standards leave open is read as OMA SIMPLE IM has it.",
		]);
	});
});

describe("what is no message of somebody", () => {
	test("a REPORT", () => {
		const scene = new Scene(`<${S}>;isfocus`);
		scene.send(S, S, { msrp: ["Success-Report: yes"] });
		scene.answer("report", false);
		const explanation = of(scene.entries.at(-1) as MsrpEntry);
		expect(explanation.sections.map(({ title }) => title)).toEqual(["Verdict", "Rules and clauses"]);
		expect(section(explanation, "Verdict")).toEqual([
			"This is an MSRP report (class report): attach to its SEND by Message-ID and Byte-Range.",
		]);
	});

	test("the first chunk of a message: nothing is judged before its addresses are there", () => {
		const scene = new Scene(`<${S}>;isfocus`);
		const first = scene.chunk(`From: <${S}>\r\nTo: <${S0}`, 300);
		const explanation = of(first);
		expect(section(explanation, "Verdict")).toEqual(["This is an incomplete message (class incomplete): wait for the rest."]);
		expect(section(explanation, "The message").at(-1)).toBe(
			`The message goes on: ${first.msrp.bodyLength} of 300 octets had arrived; its last chunk shows all of it.`,
		);
		expect(section(explanation, "Rules and clauses")).toEqual([
			"R4 (RFC 4975 §13): From, To and the blank line have not all arrived, and half a header line is never judged.",
			"- not received: To",
		]);
	});
});

describe("hostile text", () => {
	const nasty = "</code>`` ``` @team #1 [x](javascript:1) \u202e<img src=x onerror=1>\x1b[2J |";

	test("in Markdown it stays inside code spans and fences", () => {
		const entry = behindAlg().send("sip:```mallory@team", S, { text: nasty });
		const markdown = explanationMarkdown(of(entry));
		expect(markdown).not.toContain("\x1b");
		expect(markdown).not.toContain("\u202e");
		expect(markdown).toContain("\n````text\nFrom: <sip:```mallory@team>\n");
		const outside = markdown.replace(/\n(`{3,})text\n[\s\S]*?\n\1\n/g, "\n").replace(/(?<!`)(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)/g, "");
		expect(outside).not.toMatch(/[<@]|mallory|javascript|!\[/);
		expect(outside).not.toMatch(/#\d/);
	});

	test("any address and text: nothing throws, nothing escapes, in either form", () => {
		fc.assert(
			fc.property(fc.string({ unit: "binary", maxLength: 60 }), fc.string({ unit: "grapheme", maxLength: 60 }), (from, body) => {
				const entry = behindAlg().raw(`From: <${from}>\r\nTo: <${S}>\r\n\r\nContent-Type: text/plain\r\n\r\n${body}`);
				const explanation = of(entry);
				for (const out of [text(explanation), explanationMarkdown(explanation)])
					expect(out).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]/);
			}),
			{ numRuns: 60 },
		);
	});

	test("a huge header does not make a huge page", () => {
		const entry = behindAlg().send(`sip:${"x".repeat(100_000)}@example.com`, S);
		expect(text(of(entry)).length).toBeLessThan(20_000);
	});
});

test("lines are wrapped at spaces, words longer than a line stay whole", () => {
	const lines = text(of(behindAlg().send(S, S)), 60).split("\n");
	const long = lines.filter((line) => line.length > 60 && !line.includes("~") && !/^ {6}(From|To):/.test(line));
	expect(long.every((line) => line.trim().split(" ").length === 1 || line.trim().startsWith("- "))).toBe(true);
});
