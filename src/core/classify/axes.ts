import type { CpimAddress } from "../protocols/cpim/types.js";
import type { CompareLevel } from "../protocols/uri/index.js";
import type { Uri } from "../protocols/uri/types.js";
import { lower, type Match, matchAny, stepDown } from "./compare.js";
import { fire, line } from "./firing.js";
import { addressFocus, type FocusParam, withoutFocus } from "./isfocus.js";
import type { Audience, Comparison, Confidence, Evidence, Firing, Flag, IdentityFact, LegKnowledge, Origin } from "./types.js";

/** What a model may look at. */
export interface Sight {
	/** reads the URI parameter isfocus in From / in To */
	focusInFrom: boolean;
	focusInTo: boolean;
	/** identities of the room that it compares with */
	room: readonly IdentityFact[];
	level: CompareLevel;
	/** the message travels to the client under test; undefined when unknown */
	toClient: boolean | undefined;
}

export interface Axis<T> {
	value: T;
	confidence: Confidence;
	flags: Flag[];
	firings: Firing[];
}

const CR = "CR 7.1.3.3";
/** R19: what a client does that searches the header line instead of parsing the URI. */
const LENIENT: Evidence = { what: "a client that searches the line for isfocus would show", value: "system" };

/** A From or To with a URI that can be looked at. */
export function usable(address: CpimAddress | undefined): address is CpimAddress {
	return address !== undefined && address.uriText !== "" && address.uri.scheme !== "";
}

/** Lines that are there but name nobody. */
function unusable(what: "From" | "To", ...addresses: (CpimAddress | undefined)[]): Evidence[] {
	return addresses.flatMap((address) => (address === undefined ? [] : [line(what, address.header)]));
}

/** Rules R11 to R19: who speaks, as one kind of client sees it. */
export function originOf(from: CpimAddress | undefined, knowledge: LegKnowledge, sight: Sight, trace: Comparison[]): Axis<Origin> {
	if (!usable(from)) return axis("unknown", "none", [], [fire("R11", "RFC 4975 §13", ...unusable("From", from))]);
	const focus = addressFocus(from);
	const here = line("From", from.header);
	const flags: Flag[] = [...focus.flags];
	const firings: Firing[] = [];
	if (focus.flags.includes("misplaced") || focus.flags.includes("illegal-uri"))
		firings.push(fire("R19", "CR 7.1.3.3, RFC 3862 §4.1", here, LENIENT));
	const room = matchAny(from.uri, sight.room, sight.level, trace);
	const person = matchAny(withoutFocus(from.uri), [...knowledge.roster, ...knowledge.own], sight.level);
	const done = (value: Origin, confidence: Confidence): Axis<Origin> => axis(value, syntaxCap(confidence, focus), flags, firings);

	if (sight.focusInFrom && focus.is === "yes") {
		firings.push(fire("R12", CR, here));
		if (room !== undefined) firings.push(fire("R13", CR, here, known(room)));
		if (person !== undefined) return spoofed(person);
		return done("system", flagged(focus) ? "medium" : "high");
	}
	if (room !== undefined) {
		firings.push(fire("R13", CR, here, known(room)));
		if (person !== undefined && !knowledge.own.includes(person.fact) && sight.focusInFrom) return spoofed(person);
		return done("system", room.confidence);
	}
	if (sight.focusInFrom && focus.is === "unknown") {
		firings.push(fire("F8", "RFC 3261 §25.1", here));
		return done("unknown", "low");
	}
	return someone();

	function spoofed(match: Match): Axis<Origin> {
		flags.push("spoof-suspect");
		firings.push(fire("R14", "RFC 7701 §6.3", here, known(match)));
		return done("system", "low");
	}

	function someone(): Axis<Origin> {
		const address = from as CpimAddress;
		const own = matchAny(address.uri, knowledge.own, sight.level);
		if (own !== undefined) {
			if (sight.toClient === true) flags.push("own-copy");
			firings.push(fire("R15", "CR 7.1.3.2.1-4", here, known(own)));
			return done("self", own.confidence);
		}
		const listed = matchAny(address.uri, knowledge.roster, sight.level);
		if (isAnonymous(address.uri)) {
			firings.push(fire("R17", "RFC 3323 §4.1.1.3, RFC 4575 §5.6", here, ...(listed === undefined ? [] : [known(listed)])));
			return done("anonymous", listed === undefined ? "low" : "medium");
		}
		if (listed !== undefined) {
			firings.push(fire("R16", "RFC 7701 §6.1", here, known(listed)));
			return done("participant", listed.confidence);
		}
		flags.push("unlisted");
		firings.push(fire("R18", CR, here));
		return done("participant", "low");
	}
}

/** Rules R20 to R28: for whom it is. */
export function audienceOf(
	to: readonly CpimAddress[],
	from: CpimAddress | undefined,
	knowledge: LegKnowledge,
	sight: Sight,
	trace: Comparison[],
): Axis<Audience> {
	const addresses = to.filter(usable);
	const flags: Flag[] = [];
	const firings: Firing[] = [];
	if (addresses.length === 0) {
		return axis("unknown", "none", flags, [fire("R28", "RFC 4975 §13", ...unusable("To", ...to))]);
	}
	const all = addresses.map((address) => line("To", address.header));
	let rooms = 0;
	let denied = false;
	let confidence: Confidence = "high";
	let why: Evidence[] = [];
	for (const address of addresses) {
		const focus = addressFocus(address);
		for (const flag of focus.flags) if (!flags.includes(flag)) flags.push(flag);
		const room = matchAny(address.uri, sight.room, sight.level, trace);
		const byFocus = sight.focusInTo && focus.is === "yes";
		confidence = lower(confidence, syntaxCap("high", focus));
		if (!byFocus && room === undefined) {
			denied ||= sight.focusInTo && focus.is === "unknown";
			continue;
		}
		rooms++;
		if (room !== undefined) why = [...why, known(room)];
		confidence = lower(confidence, syntaxCap(byFocus ? (flagged(focus) ? "medium" : "high") : room!.confidence, focus));
	}
	if (rooms === addresses.length) {
		firings.push(fire("R20", CR, ...all, ...why));
		return axis("all", confidence, flags, firings);
	}
	if (rooms > 0) {
		firings.push(fire("R23", "CR 7.1.3.2.1-2, -3; RFC 7701 §6.2", ...all));
		return axis("all", "low", flags, firings);
	}
	if (denied) {
		firings.push(fire("F8", "RFC 3261 §25.1", ...all));
		return axis("unknown", "low", flags, firings);
	}
	return toUsers();

	function toUsers(): Axis<Audience> {
		const first = addresses[0] as CpimAddress;
		if (addresses.length > 1) {
			firings.push(fire("R22", "CR 7.1.3.2.1-3b", ...all));
			return axis("private-multi", confidence, flags, firings);
		}
		if (isAnonymousUri(first.uri)) {
			firings.push(fire("R24", "RFC 3323 §4.1.1.3", ...all));
			return knowledge.profile === "rcs" ? axis("all", "medium", flags, firings) : axis("unknown", "low", flags, firings);
		}
		const factory = matchAny(first.uri, knowledge.factory, sight.level);
		if (factory !== undefined) {
			firings.push(fire("R25", "RFC 4579 §3.2", ...all, known(factory)));
			return axis("unknown", "low", flags, firings);
		}
		const own = matchAny(first.uri, knowledge.own, sight.level);
		if (own !== undefined && usable(from) && matchAny(from.uri, knowledge.own, sight.level) !== undefined) {
			firings.push(fire("R26", "RFC 7701 §6.2", ...all));
			return axis("self", confidence, flags, firings);
		}
		firings.push(fire("R21", CR, ...all, ...(own === undefined ? [] : [known(own)])));
		const fromSelf = usable(from) && matchAny(from.uri, knowledge.own, sight.level) !== undefined;
		const knownUser = own ?? matchAny(first.uri, knowledge.roster, sight.level);
		if (own === undefined && sight.toClient === true && !fromSelf) flags.push("to-not-me");
		if (own === undefined && sight.toClient === true && fromSelf && knownUser === undefined) flags.push("to-not-me");
		return axis("private", knownUser === undefined ? "low" : lower(confidence, "high"), flags, firings);
	}
}

/** The one anonymous URI of RFC 3323 §4.1.1.3. */
export function isAnonymousUri(uri: Uri): boolean {
	return uri.user?.toLowerCase() === "anonymous" && uri.host.toLowerCase() === "anonymous.invalid";
}

function isAnonymous(uri: Uri): boolean {
	const host = uri.host.toLowerCase();
	return host === "invalid" || host.endsWith(".invalid") || uri.user?.toLowerCase() === "anonymous";
}

/** A flag of syntax on the address lowers its axis: no brackets to low, text after ">" one step (P5, Q3). */
function syntaxCap(confidence: Confidence, focus: FocusParam): Confidence {
	if (focus.flags.includes("no-brackets")) return lower(confidence, "low");
	return focus.flags.includes("after-bracket") ? stepDown(confidence) : confidence;
}

/** F7, F8, F11, F14, F15: the parameter is there, but many clients will not see it. */
function flagged(focus: FocusParam): boolean {
	return focus.flags.some((flag) => flag !== "misplaced" && flag !== "no-brackets" && flag !== "after-bracket");
}

function known(match: Match): Evidence {
	const { fact, comparison } = match;
	return {
		what: `${fact.provenance} (equal at level ${comparison.level}${comparison.uncertain ? "?" : ""})`,
		value: fact.uri.text,
		entry: fact.entry,
	};
}

function axis<T>(value: T, confidence: Confidence, flags: Flag[], firings: Firing[]): Axis<T> {
	return { value, confidence, flags, firings };
}
