import type { Entry } from "../../model/entry.js";
import { type Moment, seconds } from "../../model/time.js";
import type { MsrpUnit, SipUnit } from "../../relay/stage.js";
import type { Random } from "../random.js";
import type { Edge } from "./rule.js";
import { count, type RuleState } from "./state.js";

/** What a trigger goes by, beside the rule's counters. */
export interface Occasion {
	at: Moment;
	/** first message of the run */
	start: Moment;
	entry: Entry;
	/** 1-based number of the connection, in order of the first message */
	connection: number;
	random: Random;
}

/** A rule that matched: does it fire? Counts the match, and the hit where it does. */
export function fires(state: RuleState, occasion: Occasion): boolean {
	const { rule, held } = state;
	const { times, after, every, lasts, until, probability, once } = rule.trigger;
	const { at } = occasion;
	state.matches++;
	const elapsed = seconds(at) - seconds(occasion.start);
	const no = (why: string): false => {
		count(held, why);
		return false;
	};
	if (after !== undefined && !passed(after, state.matches - 1, elapsed, state.came.after)) return no("after");
	if (until !== undefined && passed(until, state.matches - 1, elapsed, state.came.until)) {
		state.over = true;
		return no("until");
	}
	if (lasts !== undefined && state.firstHit !== undefined && seconds(at) - seconds(state.firstHit) > lasts) {
		state.over = true;
		return no("for");
	}
	const skipped = after !== undefined && "matches" in after ? after.matches : 0;
	if (every !== undefined && (state.matches - skipped) % every !== 0) return no("every");
	if (probability !== undefined && occasion.random.next() >= probability) return no("probability");
	if (once !== undefined) {
		const key = onceKey(once, occasion);
		if (state.once.get(key) !== undefined) return no("once");
		state.once.set(key, true);
	}
	state.hits++;
	state.firstHit ??= { ...at };
	if (times !== undefined && state.hits >= times) state.over = true;
	return true;
}

function passed(edge: Edge, matches: number, elapsed: number, seen: boolean): boolean {
	if ("matches" in edge) return matches >= edge.matches;
	return "seconds" in edge ? elapsed >= edge.seconds : seen;
}

function onceKey(once: "session" | "message" | "connection", { entry, connection }: Occasion): string {
	if (once === "connection") return String(connection);
	if (once === "session") return entry.links.session ?? `connection ${connection}`;
	return messageKey(entry);
}

/** The same for retransmissions of a SIP message, and for all chunks of an MSRP message. */
function messageKey(entry: Entry): string {
	if (entry.protocol === "sip") {
		const { sip } = entry;
		return `${sip.get("call-id")} ${sip.get("cseq")} ${sip.kind === "response" ? sip.status : sip.method}`;
	}
	if (entry.protocol === "msrp") return `${entry.msrp.kind} ${entry.msrp.messageId ?? entry.msrp.transactionId}`;
	return String(entry.number);
}

/** Method of a request; "(response)" for a response, as filters say it. */
export function methodOf(unit: SipUnit | MsrpUnit): string {
	const message = unit.protocol === "sip" ? unit.sip : unit.msrp;
	return message.kind === "response" ? "(response)" : message.method;
}
