import { describe, expect, it } from "vitest";
import type { Verdict } from "../../src/core/classify/classifier.js";
import { sip } from "../pipeline/drive.js";
import { F, G, S, S0, Scene } from "./contexts.js";

const ALICE = "sip:alice@example.com";
const BOB = "sip:bob@example.com";
const PHONE = { chatroom: false, dialled: ALICE, server: "Phone/1.0" };
const uris = (list: readonly { uri: { text: string } }[]): string[] => list.map(({ uri }) => uri.text);
const provenances = (list: readonly { uri: { text: string }; provenance: string }[]): string[] =>
	list.map(({ uri, provenance }) => `${provenance} ${uri.text}`);

/** A call that is one-to-one as far as its INVITE and 200 tell. */
function plainCall(more: Partial<Parameters<Scene["call"]>[0]> = {}): Scene {
	const scene = new Scene("K0");
	scene.call({ contact: "<sip:alice@192.0.2.77>", ...PHONE, ...more });
	return scene;
}

const inDialog = (method: string, cseq: number): Record<string, string> => ({
	Via: `SIP/2.0/TCP 192.0.2.40:5060;branch=z9hG4bK${method}${cseq}`,
	"Max-Forwards": "70",
	From: `<${BOB}>;tag=9fx`,
	To: `<${ALICE}>;tag=832`,
	"Call-ID": "c-bob@ue-bob",
	CSeq: `${cseq} ${method}`,
});

describe("what makes a session a conference (I1)", () => {
	const kind = (verdict: Verdict): string | undefined => verdict.knowledge.kind;

	it("Contact of the 200 to an OPTIONS inside the dialog", () => {
		const scene = plainCall();
		expect(kind(scene.cpim(ALICE, BOB))).toBe("one-to-one");
		const wire = scene.drive.connect("192.0.2.40:40009", "198.51.100.20:5060");
		wire.send("a", sip(`OPTIONS ${ALICE} SIP/2.0`, inDialog("OPTIONS", 2)));
		wire.send("b", sip("SIP/2.0 200 OK", { ...inDialog("OPTIONS", 2), Contact: `<${S}>;isfocus` }));
		const verdict = scene.cpim(ALICE, BOB);
		expect(kind(verdict)).toBe("conference");
		expect(verdict.knowledge.evidence.map(({ what }) => what)).toEqual(["Contact has the header parameter isfocus"]);
		// Its Contact is no target: the session identity is still that of the INVITE.
		expect(uris(verdict.knowledge.contact)).toEqual(["sip:alice@192.0.2.77"]);
	});

	it("an OPTIONS of another dialog tells nothing", () => {
		const scene = plainCall();
		const wire = scene.drive.connect("192.0.2.40:40009", "198.51.100.20:5060");
		const headers = { ...inDialog("OPTIONS", 2), "Call-ID": "other", To: `<${G}>` };
		wire.send("a", sip(`OPTIONS ${G} SIP/2.0`, headers));
		wire.send("b", sip("SIP/2.0 200 OK", { ...headers, To: `<${G}>;tag=z`, Contact: `<${S}>;isfocus` }));
		expect(kind(scene.cpim(ALICE, BOB))).toBe("one-to-one");
	});

	it("Contact of a provisional response, which the final one does not repeat", () => {
		const verdict = plainCall({ early: `<${S}>;isfocus` }).cpim(ALICE, BOB);
		expect(kind(verdict)).toBe("conference");
		expect(verdict.knowledge.evidence.map(({ what }) => what)).toEqual(["Contact has the header parameter isfocus"]);
	});

	it("Request-URI that is the factory by configuration", () => {
		const scene = new Scene("K0", { given: { factory: ["sip:rooms@im.example.com"] } });
		scene.call({ ...PHONE, contact: "<sip:x@198.51.100.20>", dialled: "sip:rooms@im.example.com" });
		const { knowledge } = scene.cpim(ALICE, BOB);
		expect(knowledge.kind).toBe("conference");
		expect(uris(knowledge.factory)).toEqual(["sip:rooms@im.example.com"]);
		expect(knowledge.dialled).toEqual([]);
	});

	it("a recipient-list body; it feeds the roster with medium confidence (Q13) and makes the dialled URI the factory (Q12)", () => {
		const list = `<?xml version="1.0" encoding="UTF-8"?><resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"><list><entry uri="${ALICE}"/><entry uri="sip:dave@example.com"/></list></resource-lists>`;
		const scene = plainCall({
			dialled: "sip:rooms@im.example.com",
			body: {
				type: "multipart/mixed;boundary=b1",
				text: (offer) =>
					`--b1\r\nContent-Type: application/sdp\r\n\r\n${offer}\r\n--b1\r\nContent-Type: application/resource-lists+xml\r\nContent-Disposition: recipient-list\r\n\r\n${list}\r\n--b1--\r\n`,
			},
		});
		const { knowledge } = scene.cpim(ALICE, BOB);
		expect(knowledge.kind).toBe("conference");
		expect(knowledge.roster.filter(({ provenance }) => provenance === "recipient-list").map(({ confidence }) => confidence)).toEqual([
			"medium",
			"medium",
		]);
		expect(uris(knowledge.factory)).toEqual(["sip:rooms@im.example.com"]);
		expect(scene.cpim("sip:dave@example.com", BOB)).toMatchObject({ origin: "participant", confidence: "medium" });
	});
});

describe("group identity (I3)", () => {
	it("a call between two users that becomes a conference gives no group: neither of them is the room (Q11)", () => {
		const scene = new Scene("K0", { given: { roster: [BOB] } });
		scene.call({ contact: "<sip:alice@192.0.2.77>", ...PHONE });
		scene.refresh(`<${S}>;isfocus`, ALICE);
		const verdict = scene.cpim(ALICE, S);
		expect(verdict.knowledge.kind).toBe("conference");
		expect(verdict.knowledge.dialled).toEqual([]);
		expect(verdict.origin).toBe("participant");
		expect(verdict.headline).toBe("group");
	});

	it("a group whose Contact tells only by a later NOTIFY was dialled all the same", () => {
		const scene = plainCall({ dialled: G, contact: "<sip:x@198.51.100.20>" });
		const wire = scene.drive.connect("192.0.2.40:5060", "198.51.100.20:5060");
		const info = `<?xml version="1.0" encoding="UTF-8"?><conference-info xmlns="urn:ietf:params:xml:ns:conference-info" entity="${G}" state="full" version="1"><users/></conference-info>`;
		const headers = {
			...inDialog("NOTIFY", 1),
			From: `<${G}>;tag=n1`,
			To: `<${BOB}>;tag=n2`,
			"Call-ID": "sub1",
			Event: "conference",
			"Subscription-State": "active",
		};
		wire.send("b", sip(`NOTIFY ${BOB} SIP/2.0`, headers, info, "application/conference-info+xml"));
		const { knowledge } = scene.cpim(ALICE, G);
		expect(knowledge.kind).toBe("conference");
		expect(provenances(knowledge.dialled)).toContain(`request-uri ${G}`);
	});

	it("a URI in the roster is never the group, in whatever spelling (Q11)", () => {
		const scene = new Scene("K0", { given: { roster: ["SIP:alice@EXAMPLE.com"] } });
		scene.call({ contact: `<${S}>;isfocus`, dialled: ALICE });
		expect(scene.cpim(ALICE, S).knowledge.dialled).toEqual([]);
	});

	it("factory or group (Q12): a factory's user part needs Contact isfocus", () => {
		const scene = new Scene("K0");
		scene.call({ contact: "<sip:x@198.51.100.20>", dialled: F });
		const { knowledge } = scene.cpim(ALICE, F);
		expect(knowledge.factory).toEqual([]);
		expect(knowledge.dialled.map(({ confidence }) => confidence)).toEqual(["medium"]);
		expect(uris(new Scene("K1").cpim(ALICE, F).knowledge.factory)).toEqual([F]);
	});
});

describe("session identity (I2)", () => {
	it("conf-uris of the NOTIFY", () => {
		const other = "sip:room-17@conf.example.com";
		const scene = new Scene("K1");
		const wire = scene.drive.connect("192.0.2.40:5060", "198.51.100.20:5060");
		const info = `<?xml version="1.0" encoding="UTF-8"?><conference-info xmlns="urn:ietf:params:xml:ns:conference-info" entity="${S}" state="full" version="1"><conference-description><conf-uris><entry><uri>${other}</uri></entry></conf-uris></conference-description><users/></conference-info>`;
		const headers = {
			...inDialog("NOTIFY", 1),
			From: `<${S}>;tag=n1`,
			To: `<${BOB}>;tag=n2`,
			"Call-ID": "sub1",
			Event: "conference",
			"Subscription-State": "active",
		};
		wire.send("b", sip(`NOTIFY ${BOB} SIP/2.0`, headers, info, "application/conference-info+xml"));
		const verdict = scene.cpim(other, other);
		expect(provenances(verdict.knowledge.session)).toEqual([`notify-entity ${S}`, `conf-uri ${other}`]);
		expect(verdict).toMatchObject({ headline: "system", confidence: "high" });
		expect(verdict.models.find(({ model }) => model === "legacy")?.headline).toBe("private");
	});
});

describe("group identity of an invitation (I3)", () => {
	it("Referred-By", () => {
		const scene = new Scene("K0");
		scene.invited(`Referred-By: <${G}>`);
		const verdict = scene.cpim(ALICE, G);
		expect(provenances(verdict.knowledge.invited)).toContain(`referred-by ${G}`);
		expect(verdict).toMatchObject({ headline: "group", confidence: "medium" });
	});
});

describe("own identity (I4)", () => {
	it("yourown of the NOTIFY before everything", () => {
		expect(provenances(new Scene("K2n").cpim(ALICE, S).knowledge.own)).toEqual([`yourown ${BOB}`, `from ${BOB}`]);
	});

	it("P-Preferred-Identity of the INVITE", () => {
		const scene = plainCall({ contact: `<${S}>;isfocus`, more: ["P-Preferred-Identity: <sip:bobby@example.com>"] });
		const verdict = scene.cpim("sip:bobby@example.com", S);
		expect(verdict.origin).toBe("self");
		expect(provenances(verdict.knowledge.own)).toEqual(["p-preferred-identity sip:bobby@example.com", `from ${BOB}`]);
	});

	it("P-Associated-URI of the registration", () => {
		const scene = new Scene("K0");
		const wire = scene.drive.connect("192.0.2.40:40008", "198.51.100.20:5060");
		const headers = { ...inDialog("REGISTER", 1), From: `<${BOB}>;tag=r1`, To: `<${BOB}>`, "Call-ID": "reg1" };
		wire.send("a", sip("REGISTER sip:example.com SIP/2.0", { ...headers, Contact: "<sip:bob@192.0.2.40>" }));
		wire.send("b", sip("SIP/2.0 200 OK", { ...headers, To: `<${BOB}>;tag=r2`, "P-Associated-URI": `<${BOB}>, <tel:+12025550102>` }));
		scene.call({ contact: `<${S}>;isfocus` });
		expect(scene.cpim("tel:+12025550102", S)).toMatchObject({ origin: "self", audience: "all" });
		expect(scene.cpim(ALICE, "tel:+12025550102").flags).toEqual([]);
	});

	it("Contact that is a GRUU, also a temporary one (section 9)", () => {
		const temporary = "sip:tgruu.7hs==jd7vnzga5w7fajsc7-ajd6fabz0f8g5@example.com;gr";
		const scene = plainCall({ contact: `<${S}>;isfocus`, own: `<${temporary}>` });
		expect(scene.cpim(temporary, S).origin).toBe("self");
		expect(scene.cpim(`${BOB};gr=urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6`, S).origin).toBe("self");
		// A device address without gr names nobody.
		expect(plainCall({ contact: `<${S}>;isfocus` }).cpim("sip:bob@192.0.2.40:5060", S).origin).toBe("participant");
	});
});

describe("roster (I5)", () => {
	it("endpoints of the NOTIFY count as their user", () => {
		const scene = new Scene("K1", { given: { roster: [] } });
		const wire = scene.drive.connect("192.0.2.40:5060", "198.51.100.20:5060");
		const info = `<?xml version="1.0" encoding="UTF-8"?><conference-info xmlns="urn:ietf:params:xml:ns:conference-info" entity="${S}" state="full" version="1"><users><user entity="${ALICE}"><associated-aors><entry><uri>tel:+12025550101</uri></entry></associated-aors><endpoint entity="sip:alice@192.0.2.77"/></user></users></conference-info>`;
		const headers = {
			...inDialog("NOTIFY", 1),
			From: `<${S}>;tag=n1`,
			To: `<${BOB}>;tag=n2`,
			"Call-ID": "sub1",
			Event: "conference",
			"Subscription-State": "active",
		};
		wire.send("b", sip(`NOTIFY ${BOB} SIP/2.0`, headers, info, "application/conference-info+xml"));
		for (const from of [ALICE, "tel:+12025550101", "sip:alice@192.0.2.77"])
			expect(scene.cpim(from, S), from).toMatchObject({ origin: "participant", flags: [] });
	});

	it("nobody told it: once a session it is said what would settle it (Q22)", () => {
		const scene = new Scene("K1", { given: { roster: [] } });
		const hint = "; a NOTIFY of the conference event or --roster would tell whether the sender takes part";
		expect(scene.cpim(ALICE, S)).toMatchObject({ confidence: "low", flags: ["unlisted"], hint: `group message${hint}` });
		expect(scene.cpim(ALICE, S)).toMatchObject({ confidence: "low", flags: ["unlisted"], hint: "group message" });
		expect(new Scene("K1").cpim("sip:stranger@example.net", S).hint).toBe("group message");
	});
});

describe("profile (Q16)", () => {
	const profile = (more: Partial<Parameters<Scene["call"]>[0]>): string => {
		const scene = new Scene("K0");
		scene.call({ contact: `<${S}>;isfocus`, ...more });
		return scene.cpim(ALICE, S).knowledge.profile;
	};
	it.each([
		["CPM token", { server: "CPM-serv/OMA2.2 RCS-serv/UP_2.4" }, "rcs"],
		["chatroom and no token", { server: "Focus/1" }, "rfc7701"],
		["chatroom and IM-serv", {}, "oma"],
		["neither", { server: "Focus/1", chatroom: false }, "oma"],
		["CPM token of the client", { server: "Focus/1", chatroom: false, more: ["User-Agent: CPM-client/OMA2.2 RCS-client/UP_2.4"] }, "rcs"],
	] as const)("%s", (_, more, is) => {
		expect(profile({ ...more, more: "more" in more ? [...more.more] : [] })).toBe(is);
	});

	it("chatroom in the INVITE of a focus that calls", () => {
		const scene = new Scene("K0");
		scene.invited(undefined, true);
		expect(scene.cpim(ALICE, S).knowledge.profile).toBe("rfc7701");
	});
});

describe("no signalling at all", () => {
	it("absence proves nothing: one-to-one, with low confidence", () => {
		expect(new Scene("K0").cpim(ALICE, BOB)).toMatchObject({ headline: "one-to-one", confidence: "low" });
		expect(new Scene("K0").send("hello", true, "text/plain")).toMatchObject({ headline: "one-to-one", confidence: "low" });
		expect(new Scene("K5").cpim(ALICE, BOB)).toMatchObject({ headline: "one-to-one", confidence: "high" });
	});

	it("unless it is given by hand", () => {
		const given = { kind: "conference" as const, sessionIdentity: [S0], own: [BOB], roster: [ALICE] };
		expect(new Scene("K0", { given }).cpim(ALICE, S0)).toMatchObject({ headline: "group", confidence: "high" });
		expect(new Scene("K0", { given: { kind: "one-to-one" } }).cpim(ALICE, BOB)).toMatchObject({
			headline: "one-to-one",
			confidence: "high",
		});
	});
});

describe("the first message inside the INVITE (section 9)", () => {
	it("the same parser, audience peer", () => {
		const cpim = `From: <${BOB}>\r\nTo: <${ALICE}>\r\nDateTime: 2026-03-02T15:02:31Z\r\n\r\nContent-Type: text/plain\r\n\r\nhello`;
		const scene = plainCall({
			body: {
				type: "multipart/mixed;boundary=b1",
				text: (offer) =>
					`--b1\r\nContent-Type: application/sdp\r\n\r\n${offer}\r\n--b1\r\nContent-Type: message/cpim\r\n\r\n${cpim}\r\n--b1--\r\n`,
			},
		});
		const verdicts = scene.drive.entries.flatMap(({ verdict }) => (verdict === undefined ? [] : [verdict]));
		expect(verdicts).toHaveLength(1);
		expect(verdicts[0]).toMatchObject({ headline: "one-to-one", origin: "self", audience: "peer", payload: "content", confidence: "high" });
		expect(plainCall().drive.entries.map(({ verdict }) => verdict)).toEqual([undefined, undefined]);
	});
});
