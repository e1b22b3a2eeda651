import { DEFAULT_LIMITS } from "../model/limits.js";
import type { Moment } from "../model/time.js";
import { decodeSipDatagram } from "../protocols/sip/index.js";
import { Bindings } from "./bindings.js";
import { applyEdits, composeEdits } from "./compose.js";
import { Draft } from "./draft.js";
import { checkSceneOptions, chooseProfile } from "./names.js";
import { ProfileBox } from "./profile.js";
import type { AlgBox, AlgMessage, AlgOutcome, AlgScene } from "./types.js";

/** Messages beyond this pass untouched: SIP that large is no signalling. */
const LARGEST = 1 << 20;

/**
 * Makes a box that behaves as the profiles say, in order from the inside to the outside: a message from outside meets the
 * last one first. Names may carry options: "nf-sip:strayAddress=random".
 *
 * @throws AlgNameError when there is no such profile or option
 */
export function createAlg(names: readonly string[], scene: AlgScene): AlgBox {
	const chosen = names.map((name) => chooseProfile(name, scene));
	checkSceneOptions(scene, chosen);
	return new Chain(
		chosen.map(({ profile, options }) => {
			const idle = Number(options.get("idle") ?? profile.options["idle"]?.default ?? Number.NaN);
			return new ProfileBox(profile, scene, options, new Bindings(Number.isNaN(idle) ? undefined : idle));
		}),
	);
}

class Chain implements AlgBox {
	readonly #boxes: readonly ProfileBox[];

	constructor(boxes: readonly ProfileBox[]) {
		this.#boxes = boxes;
	}

	get bindings(): number {
		return this.#boxes.reduce((sum, box) => sum + box.bindings.size, 0);
	}

	advance(now: Moment): void {
		for (const box of this.#boxes) box.bindings.advance(now);
	}

	handle(message: AlgMessage): AlgOutcome {
		let outcome: AlgOutcome = { octets: message.octets, edits: [] };
		const reasons: string[] = [];
		const order = message.from === "inside" ? this.#boxes : [...this.#boxes].reverse();
		for (const box of order) {
			const next = handleOne(box, outcome.octets === message.octets ? message : { ...message, octets: outcome.octets });
			if (next.untouched !== undefined) reasons.push(`${box.profile.name}: ${next.untouched}`);
			const edits = composeEdits(message.octets, outcome.edits, next.edits);
			const nextHop = next.nextHop ?? outcome.nextHop;
			const named = next.nextHop === undefined ? outcome.named : next.named;
			outcome = { octets: next.octets, edits };
			if (nextHop !== undefined) outcome.nextHop = nextHop;
			if (named !== undefined) outcome.named = named;
			if (next.dropped !== undefined) return { ...outcome, dropped: `${box.profile.name}: ${next.dropped}` };
		}
		if (reasons.length > 0 && outcome.edits.length === 0) outcome.untouched = reasons.join("; ");
		return outcome;
	}
}

/** What one profile makes of a message. */
function handleOne(box: ProfileBox, message: AlgMessage): AlgOutcome {
	const { octets } = message;
	const untouched = (reason: string): AlgOutcome => ({ octets, edits: [], untouched: reason });
	if (octets.length > LARGEST) return untouched(`more than ${LARGEST} octets`);
	const skipped = box.profile.skips?.(message, box);
	if (skipped !== undefined) return untouched(skipped);
	const sip = decodeSipDatagram(octets, 0, octets.length, message.transport, DEFAULT_LIMITS);
	if (sip === undefined) return untouched("no SIP message");
	if (sip.problems?.some((problem) => problem.id === "sip.header-section-unterminated")) return untouched("the header section has no end");
	const draft = new Draft(message, sip, box.profile.name);
	for (const act of box.profile.acts) {
		act(draft, box);
		if (draft.dropped !== undefined) return { octets, edits: [], dropped: draft.dropped };
	}
	if (!draft.request && draft.method === "BYE" && sip.status >= 200) box.bindings.end(draft.callId, message.at);
	const edits = draft.finish();
	const outcome: AlgOutcome = { octets: applyEdits(octets, edits), edits };
	if (draft.nextHop !== undefined) outcome.nextHop = draft.nextHop;
	if (draft.nextHop !== undefined && draft.named) outcome.named = true;
	return outcome;
}
