import { describe, expect, it } from "vitest";
import { S, S0, Scene } from "./contexts.js";

const ALICE = "sip:alice@example.com";
const BOB = "sip:bob@example.com";
const IMDN = `<?xml version="1.0" encoding="UTF-8"?><imdn xmlns="urn:ietf:params:xml:ns:imdn"><message-id>m1</message-id><datetime>2026-03-02T15:02:31Z</datetime><delivery-notification><status><delivered/></status></delivery-notification></imdn>`;
const cpim = (mime: string, content: string, to = BOB): string =>
	`From: <${ALICE}>\r\nTo: <${to}>\r\nDateTime: 2026-03-02T15:02:31Z\r\n\r\n${mime}\r\n\r\n${content}`;

describe("receipts (R30)", () => {
	it("are certain where the disposition says notification, else medium", () => {
		const bare = new Scene("K1").send(cpim("Content-Type: message/imdn+xml", IMDN));
		expect(bare).toMatchObject({ headline: "imdn", confidence: "medium" });
		const said = new Scene("K1").send(cpim("Content-Type: message/imdn+xml\r\nContent-Disposition: notification", IMDN));
		expect(said).toMatchObject({ headline: "imdn", confidence: "high" });
	});

	it("are known by their type before they are complete", () => {
		const scene = new Scene("K1");
		const whole = cpim("Content-Type: message/imdn+xml", IMDN);
		const size = whole.length;
		const first = whole.slice(0, whole.indexOf("<imdn"));
		const verdict = scene.wire(
			`MSRP p1abcdef SEND\r\nTo-Path: msrp://ue-bob.example.com:7654/k3j9s2x0;tcp\r\nFrom-Path: msrp://focus.im.example.com:2855/s7f3aB0b;tcp\r\nMessage-ID: pend1\r\nByte-Range: 1-${first.length}/${size}\r\nContent-Type: message/cpim\r\n\r\n${first}\r\n-------p1abcdef+\r\n`,
			"b",
		);
		expect(verdict).toMatchObject({ headline: "imdn", payload: "imdn" });
	});
});

describe("what is shown on user action only (R32)", () => {
	it.each([
		["render", false],
		["inline", false],
		["attachment", true],
		["icon", true],
		["x-foo", true],
	])("Content-Disposition %s", (disposition, attachment) => {
		const verdict = new Scene("K1").send(cpim(`Content-Type: text/plain\r\nContent-Disposition: ${disposition}`, "hello", S));
		expect(verdict.headline).toBe("group");
		expect(verdict.flags).toEqual(attachment ? ["attachment"] : []);
	});
});

describe("identities that several sources tell", () => {
	it("the surest match counts, whichever source comes first", () => {
		const scene = new Scene("K4", { given: { sessionIdentity: [`${S0};transport=tcp`], roster: [] } });
		expect(scene.cpim(S0, S0)).toMatchObject({ headline: "system", confidence: "high" });
	});

	it("a phone number written otherwise is the same party: no conference is inferred (R10)", () => {
		const scene = new Scene("K0");
		scene.call({
			contact: "<sip:alice@192.0.2.77>",
			chatroom: false,
			dialled: "sip:+12025550101@example.com;user=phone",
			server: "Phone/1.0",
		});
		expect(scene.cpim("tel:+1-202-555-0101", "sip:nobody@example.net").headline).toBe("one-to-one");
		expect(scene.cpim("tel:+1-202-555-0199", "sip:nobody@example.net").flags).toContain("conference-inferred");
	});

	it("the phone client reads numbers in sip URIs too", () => {
		const view = (from: string) => new Scene("K1").cpim(from, S).models.find(({ model }) => model === "phone");
		expect(view("sip:+12025550101@example.com")).toMatchObject({ origin: "participant", confidence: "high" });
		expect(view(ALICE)).toMatchObject({ origin: "peer", confidence: "low" });
	});
});

describe("cc (R27)", () => {
	it.each([
		[S, BOB, []],
		[S, S, []],
		[BOB, S, ["cc-group"]],
		[BOB, "sip:carol@example.com", []],
	])("To %s, cc %s", (to, cc, flags) => {
		const body = `From: <${ALICE}>\r\nTo: <${to}>\r\ncc: <${cc}>\r\nDateTime: 2026-03-02T15:02:31Z\r\n\r\nContent-Type: text/plain\r\n\r\nhello`;
		const verdict = new Scene("K1").send(body);
		expect(verdict).toMatchObject({ audience: to === S ? "all" : "private", flags });
		expect(verdict.firings.map(({ rule }) => rule)).toContain("R27");
	});
});

describe("conversation key of what the client sends", () => {
	it("is the other party also where From is an address of the user that nobody knows", () => {
		expect(new Scene("K1").cpim("sip:bobby@example.net", ALICE, false).conversation).toEqual({ thread: "private", uri: ALICE });
	});

	it("and of its copy on another device", () => {
		expect(new Scene("K1").cpim(BOB, ALICE).conversation).toEqual({ thread: "private", uri: ALICE });
	});
});
