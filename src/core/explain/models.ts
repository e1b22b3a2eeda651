import type { Verdict } from "../classify/classifier.js";
import type { ClientModel, Comparison, LegKnowledge, ModelView } from "../classify/types.js";
import { type Block, list, type Part, point, say, sentence, uri, wire } from "./types.js";
import { componentWords, isMessage, levelWords, shownAs, source, wayWords } from "./words.js";

const SHOWN = 4;

const CLIENTS: Readonly<Record<ClientModel, string>> = {
	legacy: "A client that compares identities",
	isfocus: "A client that looks for isfocus",
	literal: "A client that follows the wording of the change request",
	dialog: "A client that compares with the dialog's remote party, as sipsimple does",
	phone: "A client that goes by phone numbers, as rcsjta does",
	reference: "A client that does all that the standards allow",
	truth: "In truth",
};

/** What each kind of client shows, and which comparison decided it. */
export function modelBlocks(verdict: Verdict): Block[] {
	const blocks: Block[] = [];
	const given = new Map<string, ClientModel>();
	for (const view of verdict.models) {
		if (view.model === "truth") continue;
		const shows = isMessage(verdict.headline) ? `shows ${shownAs(view)}` : `takes it as ${wayWords(view)}`;
		blocks.push(sentence(say`${CLIENTS[view.model]} (${view.model}) ${shows}.`));
		const why = reasons(view, verdict.knowledge);
		const before = given.get(JSON.stringify(why));
		if (before !== undefined) blocks.push(point([`For the same reasons as ${before}.`]));
		else for (const parts of why) blocks.push(point(parts));
		if (before === undefined && view.trace.length > 0) given.set(JSON.stringify(why), view.model);
	}
	return blocks;
}

function reasons(view: ModelView, knowledge: LegKnowledge): Part[][] {
	switch (view.model) {
		case "legacy":
			return view.trace.map((item) => compared(item.header, item.uri, item.comparisons));
		case "isfocus":
			return view.trace.map((item) => focused(item.header, item.uri, item.isfocus));
		case "literal":
		case "reference":
			return view.trace.map((item) =>
				item.isfocus === "yes" && (view.model === "reference" || item.header === "From")
					? focused(item.header, item.uri, item.isfocus)
					: compared(item.header, item.uri, item.comparisons),
			);
		case "dialog":
			return [
				knowledge.dialogRemote === undefined
					? ["No dialog was seen, so there is nothing to compare with."]
					: say`The dialog's remote party is ${uri(knowledge.dialogRemote.text)}; its Contact ${contactWords(knowledge.contactIsFocus)}, ${partyWords(view, knowledge)}.`,
			];
		case "phone":
			return [["It takes From for the sender only where that is a phone number, and To for notifications only."]];
		default:
			return [];
	}
}

function contactWords(focus: boolean | undefined): string {
	if (focus === undefined) return "was not seen";
	return focus ? "has the header parameter isfocus" : "does not have the header parameter isfocus";
}

/** The rule is: private where the remote party is a focus and the only To has another user or host than it. */
function partyWords({ audience }: ModelView, { contactIsFocus }: LegKnowledge): string {
	if (audience === "private") return "and the only To has another user or host";
	if (audience === "unknown") return "but there is no To to compare with it";
	return contactIsFocus === true ? "and To has its user and host, or there are several" : "so it takes every message for one to all";
}

function focused(header: "From" | "To", text: string, isfocus: "yes" | "no" | "unknown"): Part[] {
	if (isfocus === "yes") return say`${header} ${uri(text)} has the URI parameter isfocus.`;
	if (isfocus === "no") return say`${header} ${uri(text)} has no URI parameter isfocus.`;
	return say`${header} ${uri(text)} has the URI parameter isfocus with a value that denies it.`;
}

function compared(header: "From" | "To", text: string, comparisons: readonly Comparison[]): Part[] {
	const match = comparisons.find(({ level }) => level !== undefined);
	if (match !== undefined) {
		const doubt = match.uncertain ? ", which the standard leaves uncertain" : "";
		return say`${header} ${uri(text)} equals ${uri(match.identity)} (${source(match)}) ${levelWords(match.level!)}${doubt}.`;
	}
	if (comparisons.length === 0) return say`It knows no identity of the room to compare ${header} ${uri(text)} with.`;
	const more = comparisons.length > SHOWN ? `; and so with ${comparisons.length - SHOWN} more` : "";
	return say`${header} ${uri(text)} is no identity of the room: its ${differences(comparisons.slice(0, SHOWN))}${more}.`;
}

/** "user is not that of A or B; port is not that of C" */
function differences(comparisons: readonly Comparison[]): Part[] {
	const byComponent = new Map<string, Part[][]>();
	for (const one of comparisons) {
		const component = componentWords(one.failed);
		const identities = byComponent.get(component) ?? [];
		identities.push(say`${uri(one.identity)} (${source(one)})`);
		byComponent.set(component, identities);
	}
	const parts = [...byComponent].map(([component, identities]) => say`${wire(component)} is not that of ${list(identities, "or")}`);
	return parts.flatMap((one, index) => (index === 0 ? one : ["; its ", ...one]));
}
