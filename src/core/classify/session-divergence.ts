import type { CpimMessage } from "../protocols/cpim/types.js";
import type { CompareLevel } from "../protocols/uri/index.js";
import { usable } from "./axes.js";
import type { Classification, Subject } from "./classify.js";
import { compareIdentity } from "./compare.js";
import { addressFocus } from "./isfocus.js";
import type { Divergence, LegKnowledge } from "./types.js";

/** DC1 (Q18) and DS1: what the leg does to the client rather than the message to its reader. */
export function sessionDivergences(
	verdict: Classification,
	knowledge: LegKnowledge,
	server: LegKnowledge | undefined,
	subject: Subject,
	cpim: CpimMessage,
	level: CompareLevel,
): Divergence[] {
	const found: Divergence[] = [];
	const marked = [...cpim.from.slice(0, 1), ...cpim.to].some((address) => usable(address) && addressFocus(address).is === "yes");
	const proven = server?.contactIsFocus === true || marked || verdict.firings.some((firing) => firing.rule === "R10");
	if (knowledge.contactIsFocus === false && proven) {
		found.push({
			code: "DC1",
			severity: "warn",
			text: `the Contact on the client's leg has no header parameter isfocus${server?.contactIsFocus === true ? ", the one on the server's leg has" : ""}`,
			cause: "Contact header parameters removed",
		});
	}
	if (subject.toClient === false && server !== undefined) {
		for (const to of cpim.to.filter(usable)) {
			const here = knowledge.contact.find((fact) => compareIdentity(to.uri, fact, level).level !== undefined);
			const there = server.contact.some((fact) => compareIdentity(to.uri, fact, level).level !== undefined);
			if (here !== undefined && !there) {
				found.push({
					code: "DS1",
					severity: "error",
					text: `To <${to.uriText}> is the Contact that the client was given; the server's leg knows <${server.contact[0]?.uri.text ?? ""}>`,
					cause: `Contact rewritten: <${server.contact[0]?.uri.text ?? ""}> became <${here.uri.text}>`,
				});
			}
		}
	}
	return found;
}
