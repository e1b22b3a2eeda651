import { addressFocus } from "../../classify/isfocus.js";
import { about, addressLines } from "./say.js";
import type { ClauseCheck } from "./types.js";

/** C03. Text in a user part, a display name or after "?" is no misplaced parameter: it may be just a name (F9, F10). */
export const C03: ClauseCheck = {
	id: "C03",
	title: "isfocus stands inside the angle brackets",
	roles: ["SV", "SC"],
	level: "MUST",
	when: "isfocus stands with the URI of From, To or cc; not with --rule-set legacy",
	clause: "CR 7.1.3.3",
	evidence: "the header line",
	create: (scope) => ({
		message(context) {
			const { cpim } = context;
			if (cpim === undefined || scope.rules === "legacy") return;
			const addresses = [...cpim.from, ...cpim.to, ...cpim.cc];
			const wrong = addresses.filter(
				({ trailing, header }) => /;\s*isfocus\b/i.test(trailing) || /(?:^|;)\s*isfocus\b/i.test(header.params ?? ""),
			);
			if (wrong.length > 0) {
				scope.say(
					about(context, "violation", "isfocus stands outside the angle brackets, where it means nothing", {
						excerpt: addressLines(wrong),
						blame: context.author,
					}),
				);
				return;
			}
			const right = addresses.filter((address) => addressFocus(address).is !== "no");
			if (right.length > 0)
				scope.say(about(context, "pass", "isfocus is a URI parameter", { excerpt: addressLines(right), blame: context.author }));
		},
	}),
};
