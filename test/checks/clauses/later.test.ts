import { describe, expect, it } from "vitest";
import { cpim, type JoinOptions, type Member, Room, S, S0, sip, uri } from "./room.js";

const ALICE = uri("alice");
const BOB = uri("bob");
const CAROL = uri("carol");

/** What one check said, in order: result, blame, text. */
function said(check: string, run: (bob: Member, room: Room) => unknown, join: JoinOptions = {}, options = {}): string[] {
	const lines: string[] = [];
	const room = new Room({
		...options,
		told: (id, { result, blame, text }) => void (id === check && lines.push(`${result} ${blame ?? "-"}: ${text}`)),
	});
	run(room.join("bob", join), room);
	room.over();
	return lines;
}

/** The room refreshes its target (RFC 3261 §14). */
function refresh(bob: Member, contact: string, cseq = 5): Member {
	const headers = [
		`Via: SIP/2.0/TCP 198.51.100.20:5060;branch=z9hG4bKre${cseq}`,
		"Max-Forwards: 70",
		"From: <sip:conf-factory@im.example.com>;tag=832",
		`To: <${BOB}>;tag=9fx`,
		"Call-ID: c1@ue-bob",
		`CSeq: ${cseq} INVITE`,
		`Contact: ${contact}`,
	];
	bob.signalling.send("b", sip("INVITE sip:bob@192.0.2.41:5060 SIP/2.0", headers, ""));
	return bob;
}

describe("a Contact that comes again", () => {
	it("C02 judges each once; what was missing may come later", () => {
		const pass = "pass switch: the URI has isfocus";
		expect(said("C02", (bob) => refresh(refresh(bob, `<${S}>;isfocus`), `<${S0}>;isfocus`, 6))).toEqual([pass]);
		expect(said("C02", (bob) => refresh(bob, `<${S}>;isfocus`), { contact: `<${S0}>;isfocus` })).toEqual([pass]);
	});
	it("C38 judges the session once; what was missing may come later", () => {
		const pass = "pass switch: isfocus is there";
		expect(said("C38", (bob) => refresh(refresh(bob, `<${S0}>;isfocus`), `<${S}>`, 6))).toEqual([pass]);
		expect(said("C38", (bob) => refresh(bob, `<${S0}>;isfocus`), { contact: `<${S}>` })).toEqual([pass]);
	});
});

describe("C19: several messages under way", () => {
	const yes = { headers: ["Success-Report: yes"] };
	it("a refusal, and the end of the session, are about the one that they name", () => {
		expect(
			said("C19", (bob) => bob.receive(cpim(ALICE, S), yes).receive(cpim(ALICE, S), yes).answer(413, "No").report("1-1/*", "000 200 OK")),
		).toEqual(["violation client: the session ended without the REPORT that was asked for"]);
		expect(
			said("C19", (bob, room) => {
				bob.receive(cpim(ALICE, S), yes).receive(cpim(ALICE, S), yes).report();
				room.table.finish();
			}),
		).toEqual(["pass client: all octets are reported", "unknown client: no REPORT was seen"]);
	});
	it("between two users it is the other user who has to report", () => {
		const { room, bob } = Room.oneToOne();
		bob.say(cpim(BOB, ALICE), yes);
		room.table.finish();
		expect(room.first("C19", "unknown")?.blame).toBe("client");
	});
});

describe("C21: how the document stands there", () => {
	const NAMESPACE = 'xmlns="urn:ietf:params:xml:ns:im-iscomposing"';
	const type = "application/im-iscomposing+xml";
	it("XML 1.1 and octets that are no UTF-8", () => {
		const body = `<isComposing ${NAMESPACE}><state>active</state></isComposing>`;
		const sent = (text: string) => said("C21", (bob) => bob.say(cpim(BOB, S, { type, text })));
		expect(sent(`<?xml version="1.1"?>${body}`)).toEqual(["violation client: XML 1.1, not 1.0"]);
		expect(sent(`<?xml version="1.0" encoding="UTF-8"?>${body}`)).toEqual(["pass client: well formed"]);
	});
	it("also without CPIM: on MSRP and in a SIP MESSAGE", () => {
		const body = `<?xml version="1.0"?><isComposing ${NAMESPACE}/>`;
		const { room, bob } = Room.oneToOne();
		bob.receive(body, { type });
		const headers = [
			"Via: SIP/2.0/TCP 192.0.2.10;branch=z9hG4bKm",
			"Max-Forwards: 70",
			`From: <${ALICE}>;tag=a`,
			`To: <${BOB}>`,
			"Call-ID: m1",
			"CSeq: 1 MESSAGE",
		];
		room.flow("192.0.2.10:5060", "192.0.2.11:5060").send("a", sip(`MESSAGE ${BOB} SIP/2.0`, headers, body, type));
		room.over();
		expect(room.table.total.get("C21")!.findings.map(({ result, text, blame }) => `${result} ${blame}: ${text}`)).toEqual([
			"violation client: no state",
			"violation client: no state",
		]);
	});
});

describe("C33, C35, C36: copies and recipients", () => {
	it("C33: the words", () => {
		expect(said("C33", (bob) => bob.say(cpim(BOB, [ALICE, CAROL])).say(cpim(BOB, [S, S0])))).toEqual([
			"pass client: all are users",
			"pass client: all are the room",
		]);
	});
	it("C35: a private message of one's own, from another device, is no case", () => {
		expect(said("C35", (bob) => bob.receive(cpim(BOB, CAROL)))).toEqual([]);
		expect(said("C35", (bob) => bob.receive(cpim(ALICE, S)))).toEqual([]);
	});
	it("C36: a recipient by telephone number; the copy on the sender's own session is no case", () => {
		const number = "sip:+12025550103@example.com;user=phone";
		const room = new Room({ given: { roster: [BOB, number] } });
		const bob = room.join("bob");
		const carol = room.join("carol", { from: "<tel:+12025550103>" });
		bob.say(cpim(BOB, number));
		carol.receive(cpim(BOB, number));
		bob.receive(cpim(BOB, number));
		room.over();
		expect(room.counts("C36")).toEqual({ pass: 1 });
	});
});

describe("C37: an offer in the 200", () => {
	it("is answered in the ACK: both descriptions are judged", () => {
		const lines: string[] = [];
		const room = new Room({
			told: (id, { result, entries, text }) => void (id === "C37" && lines.push(`${result} ${entries.join()}: ${text}`)),
		});
		const wire = room.flow("192.0.2.41:5060", "198.51.100.20:5060");
		const description = (host: string, accepts: string) =>
			`v=0\r\no=- 1 1 IN IP4 ${host}\r\ns=-\r\nc=IN IP4 ${host}\r\nt=0 0\r\nm=message 2855 TCP/MSRP *\r\na=accept-types:${accepts}\r\na=path:msrp://${host}:2855/s1;tcp\r\n`;
		const headers = (cseq: string, tag = ";tag=832") => [
			`Via: SIP/2.0/TCP 192.0.2.41:5060;branch=z9hG4bK${cseq.slice(2)}`,
			"Max-Forwards: 70",
			`From: <${BOB}>;tag=9fx`,
			`To: <sip:conf-factory@im.example.com>${tag}`,
			"Call-ID: late@ue-bob",
			`CSeq: ${cseq}`,
		];
		const invite = [...headers("1 INVITE", ""), "Contact: <sip:bob@192.0.2.41>", "Content-Length: 0"].join("\r\n");
		wire.send("a", `INVITE sip:conf-factory@im.example.com SIP/2.0\r\n${invite}\r\n\r\n`);
		const offer = description("198.51.100.20", "message/cpim").replace("s1;", "s0;");
		wire.send("b", sip("SIP/2.0 200 OK", [...headers("1 INVITE"), `Contact: <${S}>;isfocus`], `${offer}a=chatroom\r\n`));
		wire.send("a", sip(`ACK ${S} SIP/2.0`, headers("1 ACK"), description("192.0.2.41", "text/plain")));
		room.over();
		expect(lines).toEqual(["pass 2: the server takes message/cpim alone", "violation 3: the client does not take message/cpim"]);
	});
});

describe("C41: octets that the capture lost", () => {
	it("are no fault of the sender", () => {
		const cut = { cuts: [20, 60], drop: 1 };
		expect(said("C41", (bob) => bob.receive(cpim(ALICE, S), cut))).toEqual(["violation switch: octets between the chunks were never sent"]);
		expect(
			said("C41", (bob, room) => {
				bob.receive(cpim(ALICE, S), cut);
				bob.media.sink.problem(1, "tcp.gap", "40 octets are missing", room.at());
				bob.media.sink.gap(1, 40, room.at());
			}),
		).toEqual(["unknown switch: octets are missing: not sent, or not captured"]);
	});
});
