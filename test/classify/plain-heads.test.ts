import fc from "fast-check";
import { expect, it } from "vitest";
import { type Context, F, G, S, S0, Scene, X } from "./contexts.js";

const PEOPLE = [S, S0, G, F, X, "sip:alice@example.com", "sip:bob@example.com", "sip:carol@example.com", "sip:anonymous@anonymous.invalid"];
const CONTEXTS: Context[] = ["K0", "K1", "K2", "K2p", "K2n", "K3", "K4", "K4a", "K5", "K6", "K6i", "K7"];

interface Said {
	from: string;
	to: string;
	second: number;
	toClient: boolean;
}

const said = fc.record<Said>({
	from: fc.constantFrom(...PEOPLE),
	to: fc.constantFrom(...PEOPLE),
	second: fc.nat(3),
	toClient: fc.boolean(),
});

/** A context, perhaps with another user's leg beside it, and who said what there. */
function verdicts(context: Context, talk: readonly (Said & { beside: boolean })[], contentType: string): unknown[] {
	const bob = new Scene(context);
	const carol = new Scene(context === "K2p" || context === "K2n" ? "K1" : context, {}, { scene: bob, user: "carol" });
	return talk.map(({ from, to, second, toClient, beside }) => {
		const body = `From: <${from}>\r\nTo: <${to}>\r\nDateTime: 2026-03-02T15:02:3${second}Z\r\n\r\n${contentType}: text/plain\r\n\r\nhello`;
		return (beside ? carol : bob).send(body, toClient);
	});
}

it("a message whose head is known without decoding has the verdict that decoding gives it", () => {
	let alike = 0;
	fc.assert(
		fc.property(
			fc.constantFrom(...CONTEXTS),
			fc.array(
				said.chain((one) => fc.boolean().map((beside) => ({ ...one, beside }))),
				{ minLength: 1, maxLength: 14 },
			),
			(context, talk) => {
				// Twice the same talk, so that much of it was heard before. The second spelling of the name is always decoded.
				const twice = [...talk, ...talk];
				const plain = verdicts(context, twice, "Content-Type");
				alike += plain.length - new Set(plain).size;
				expect(plain).toEqual(verdicts(context, twice, "content-type"));
			},
		),
		{ numRuns: 300 },
	);
	expect(alike).toBeGreaterThan(500);
});
