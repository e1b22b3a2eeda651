import type { Classification } from "./classify.js";
import { uriFocus } from "./isfocus.js";
import type { Audience, Divergence, DivergenceCode, LegKnowledge, ModelView, Origin } from "./types.js";

/** What is true of a message where more than its own leg is visible (section 6, model `truth`). */
export interface Truth {
	/** "unknown" where the other leg does not tell either */
	origin: Origin;
	audience: Audience;
	/** which leg proves it, with the entry */
	proof: string;
}

export interface DivergenceInput {
	verdict: Classification;
	knowledge: LegKnowledge;
	truth: Truth | undefined;
	/** identities of the room on the server leg, to name the cause */
	serverContact: string | undefined;
	/** octet-level views of legacy and isfocus, to find what only string comparison breaks */
	octet: ModelView | undefined;
}

const TITLES: Record<DivergenceCode, string> = {
	DO1: "a client that compares identities misses a system message that isfocus shows",
	DO2: "a client that looks for isfocus misses a system message that identities show",
	DO3: "both kinds of client miss a system message",
	DO4: "a client shows a system message that a participant wrote",
	DA1: "a client that compares identities shows a message to all as private",
	DA2: "a client that looks for isfocus shows a message to all as private",
	DA3: "both kinds of client show a message to all as private",
	DA4: "a client shows a private message as one to all",
	DC1: "the Contact does not tell the client that this is a conference",
	DS1: "the client wrote to an address that the server does not know",
};

/** One sentence about what a code means. */
export function divergenceTitle(code: DivergenceCode): string {
	return TITLES[code];
}

/**
 * The procedure of section 6: at most one code an axis, truth first (Q17). For receipts and typing only the
 * origin counts: nobody renders their audience.
 */
export function divergences(input: DivergenceInput): Divergence[] {
	const { verdict, knowledge, truth, octet } = input;
	const legacy = verdict.models.find((view) => view.model === "legacy");
	const isfocus = verdict.models.find((view) => view.model === "isfocus");
	const found: Divergence[] = [];
	if (legacy === undefined || isfocus === undefined) return found;
	const fired = new Set(verdict.firings.map(({ rule }) => rule));
	// A participant's address with isfocus and no identity of the room: nothing but the parameter speaks for the room (W30).
	const posing = fired.has("R14") && fired.has("R12") && !fired.has("R13");
	const real = truth ?? { origin: posing ? ("participant" as const) : verdict.origin, audience: verdict.audience, proof: "" };
	const wrong = truth !== undefined && differs(verdict, truth);
	const rendered = verdict.headline !== "composing" && verdict.headline !== "imdn";

	const origin = axisCode(
		legacy.origin === "system",
		isfocus.origin === "system",
		real.origin === "unknown" ? undefined : real.origin === "system",
	);
	if (origin !== 0) add(`DO${origin}` as DivergenceCode, "From");
	const audience = axisCode(
		legacy.audience === "all",
		isfocus.audience === "all",
		real.audience === "unknown" ? undefined : real.audience === "all",
	);
	if (audience !== 0 && rendered) add(`DA${audience}` as DivergenceCode, "To");
	if (octet !== undefined && found.length === 0) octetOnly();
	return found;

	function add(code: DivergenceCode, header: "From" | "To"): void {
		found.push({ code, severity: wrong ? "error" : "warn", text: `${TITLES[code]}: ${why(code, header)}`, cause: causeOf(code, header) });
	}

	function why(code: DivergenceCode, header: "From" | "To"): string {
		const view = code.endsWith("2") ? isfocus! : legacy!;
		const trace = view.trace.find((item) => item.header === header);
		if (trace === undefined) return "no usable address";
		if (code.endsWith("2")) return `<${trace.uri}> has no URI parameter isfocus`;
		if (code.endsWith("4")) return `<${trace.uri}> is a participant's`;
		const against = trace.comparisons.find((item) => item.level === undefined);
		return against === undefined ? `<${trace.uri}>` : `<${trace.uri}> is not <${against.identity}> (${against.failed ?? "other"} differs)`;
	}

	function octetOnly(): void {
		// That one spelling has isfocus and the other has not is what the change request itself brings about.
		if (octet!.origin !== legacy!.origin && isfocus!.origin === "system" && spelledOtherwise("From")) {
			found.push({
				code: "DO1",
				severity: "note",
				text: `${TITLES.DO1}, if it compares octets: the spelling differs`,
				cause: "spelling of the URI",
			});
		} else if (octet!.audience !== legacy!.audience && isfocus!.audience === "all" && rendered && spelledOtherwise("To")) {
			found.push({
				code: "DA1",
				severity: "note",
				text: `${TITLES.DA1}, if it compares octets: the spelling differs`,
				cause: "spelling of the URI",
			});
		}
	}

	function spelledOtherwise(header: "From" | "To"): boolean {
		const trace = octet!.trace.find((item) => item.header === header);
		return trace !== undefined && !trace.comparisons.some((item) => withoutFocus(item.identity) === withoutFocus(trace.uri));
	}

	/** The typical causes of section 6, as far as this message and its legs tell. */
	function causeOf(code: DivergenceCode, header: "From" | "To"): string {
		const uri = isfocus!.trace.find((item) => item.header === header);
		const misplaced = header === "From" && fired.has("R19");
		const bare = misplaced ? "isfocus stands outside the brackets of From" : `${header} names the room without isfocus`;
		switch (code.charAt(2)) {
			case "2":
				return lostFocus() ? rewritten()! : bare;
			case "3":
				return `${contactCause()}, and ${uri === undefined ? `${header} is not known` : `${header} has no isfocus`}`;
			case "4":
				return header === "From" && uri?.isfocus === "yes" ? "From of a participant has isfocus" : contactCause();
			default:
				return contactCause();
		}
	}

	function contactCause(): string {
		const contact = knowledge.contact[0]?.uri.text;
		return rewritten() ?? (contact === undefined ? "no Contact of the room is known on this leg" : `Contact on this leg is <${contact}>`);
	}

	function rewritten(): string | undefined {
		const contact = knowledge.contact[0]?.uri.text;
		const { serverContact } = input;
		if (contact === undefined || serverContact === undefined || serverContact === contact) return undefined;
		return `Contact rewritten: <${serverContact}> became <${contact}>`;
	}

	/** A box took isfocus out of the Contact, and clients address what is left of it. */
	function lostFocus(): boolean {
		const here = knowledge.contact[0]?.uri;
		return (
			rewritten() !== undefined && here !== undefined && uriFocus(here).is !== "yes" && /;isfocus(?=[;?]|$)/i.test(input.serverContact!)
		);
	}
}

function withoutFocus(uri: string): string {
	return uri.replace(/;isfocus(?=[;?]|$)/gi, "");
}

/** 0: no divergence; else the number of the code. `real` undefined: nobody knows. */
function axisCode(legacy: boolean, isfocus: boolean, real: boolean | undefined): 0 | 1 | 2 | 3 | 4 {
	if (real === false && (legacy || isfocus)) return 4;
	if (real === true && !legacy && !isfocus) return 3;
	if (!legacy && isfocus) return 1;
	if (legacy && !isfocus) return 2;
	return 0;
}

function differs(verdict: Classification, truth: Truth): boolean {
	return (
		(truth.origin !== "unknown" && isSystem(truth.origin) !== isSystem(verdict.origin)) ||
		(truth.audience !== "unknown" && (truth.audience === "all") !== (verdict.audience === "all"))
	);
}

function isSystem(origin: Origin): boolean {
	return origin === "system";
}
