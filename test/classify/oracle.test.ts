import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Context, F, G, S, S0, Scene, X } from "./contexts.js";

const ALICE = "sip:alice@example.com";

/** Who is called, and whether the Contact of the answer has the header parameter isfocus, as each context's SIP has it. */
const DIALOGS: Partial<Record<Context, { remote: string; focus: boolean }>> = {
	K1: { remote: F, focus: true },
	K2: { remote: F, focus: true },
	K2p: { remote: F, focus: true },
	K3: { remote: F, focus: false },
	K4: { remote: F, focus: true },
	K4a: { remote: F, focus: true },
	K6: { remote: G, focus: true },
	K6i: { remote: S, focus: true },
};

/**
 * Made from the rule alone, sharing no code: a message is private when the remote party is a focus, there is exactly one
 * recipient, and user@host of that recipient is not user@host of the dialog's remote party.
 */
function isPrivate(remote: string, focus: boolean, recipients: readonly string[]): boolean {
	const name = (uri: string): string =>
		uri
			.slice(uri.indexOf(":") + 1)
			.split(/[;?]/)[0]!
			.replace(/:\d+$/, "");
	return focus && recipients.length === 1 && name(recipients[0]!) !== name(remote);
}

const POOL = [
	S,
	S0,
	`${S0};transport=tcp`,
	`${S0}:5060`,
	G,
	`${G};isfocus`,
	F,
	`${F};gr=1`,
	X,
	ALICE,
	"sip:bob@example.com",
	"sips:carol@example.com:5061",
	"tel:+12025550101",
	"sip:kitesurf@example.com",
];

describe("the model of sipsimple-like clients against an oracle of its own", () => {
	it("every context with every recipient, and with two", () => {
		let judged = 0;
		for (const [context, { remote, focus }] of Object.entries(DIALOGS)) {
			for (const first of POOL) {
				for (const recipients of [[first], [first, ALICE]]) {
					const body = `From: <${ALICE}>\r\n${recipients.map((to) => `To: <${to}>\r\n`).join("")}\r\nContent-Type: text/plain\r\n\r\nhello`;
					const verdict = new Scene(context as Context).send(body);
					const dialog = verdict.models.find(({ model }) => model === "dialog")!;
					expect([context, recipients, dialog.audience]).toEqual([
						context,
						recipients,
						isPrivate(remote, focus, recipients) ? "private" : "all",
					]);
					judged++;
				}
			}
		}
		expect(judged).toBe(8 * POOL.length * 2);
	});

	it("generated users and hosts", () => {
		const user = fc.stringMatching(/^[a-z][a-z0-9.-]{0,10}$/);
		const host = fc.constantFrom("im.example.com", "example.com", "focus.im.example.com", "192.0.2.9");
		const params = fc.constantFrom("", ";isfocus", ";transport=tcp", ";gr=x;isfocus");
		const recipient = fc.oneof(
			fc.tuple(user, host, params).map(([name, at, more]) => `sip:${name}@${at}${more}`),
			params.map((more) => `${F}${more}`),
		);
		fc.assert(
			fc.property(fc.array(recipient, { minLength: 1, maxLength: 3 }), fc.boolean(), (recipients, focus) => {
				const scene = new Scene("K0");
				scene.call({ contact: focus ? `<${S}>;isfocus` : `<${S}>` });
				const body = `From: <${ALICE}>\r\n${recipients.map((to) => `To: <${to}>\r\n`).join("")}\r\nContent-Type: text/plain\r\n\r\nhello`;
				const dialog = scene.send(body).models.find(({ model }) => model === "dialog")!;
				expect(dialog.audience).toBe(isPrivate(F, focus, recipients) ? "private" : "all");
			}),
			{ numRuns: 300 },
		);
	});
});
