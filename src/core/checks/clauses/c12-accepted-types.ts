import { about } from "./say.js";
import type { ClauseCheck, Finding } from "./types.js";

/** C12. */
export const C12: ClauseCheck = {
	id: "C12",
	title: "the peer's SDP accepts the type, and the type inside CPIM",
	roles: ["SC", "SV"],
	level: "MUST",
	when: "the SDP of the receiver was seen",
	clause: "CR 7.1.3.2.1-5; RFC 4975 §8.6",
	evidence: "Content-Type, accept-types and accept-wrapped-types",
	create: (scope) => ({
		message(context) {
			const { entry, type, cpim } = context;
			if (entry.protocol !== "msrp" || type === undefined) return;
			const said = scope.media(entry.msrp.toPath.at(-1));
			if (said === undefined) return scope.say(about(context, "unknown", "the SDP of the receiver was not seen"));
			const { acceptTypes, acceptWrappedTypes = [] } = said;
			if (acceptTypes === undefined)
				return scope.say(about(context, "unknown", "the SDP of the receiver has no accept-types", { entries: [said.entry] }));
			const list = `accept-types:${acceptTypes.join(" ")}; accept-wrapped-types:${acceptWrappedTypes.join(" ")}`;
			const say = (result: Finding["result"], text: string): void =>
				scope.say(about(context, result, text, { entries: [said.entry], excerpt: list.slice(0, 160), blame: context.sender }));
			if (!accepts(acceptTypes, type)) return say("violation", `${type} is not in accept-types`);
			const inner = cpim?.contentType;
			if (type !== "message/cpim" || inner === undefined) return say("pass", `${type} is accepted`);
			// RFC 4975 §8.6: "*" stands for every type, wrapped or not.
			if (acceptTypes.includes("*") || accepts(acceptTypes, inner) || accepts(acceptWrappedTypes, inner)) {
				// message/cpim in accept-types is about the outside: nested it has to be named among the wrapped ones (Q24).
				if (inner === "message/cpim" && !acceptTypes.includes("*") && !accepts(acceptWrappedTypes, inner))
					return say("violation", "message/cpim inside message/cpim is not in accept-wrapped-types");
				return say("pass", `${inner} in ${type} is accepted`);
			}
			if (inner.startsWith("multipart/")) return say("info", `${inner} inside CPIM is not named; its parts may be accepted`);
			say("violation", `${inner} inside CPIM is in neither list`);
		},
	}),
};

function accepts(list: readonly string[], type: string): boolean {
	return list.some((item) => item === "*" || item === type || (item.endsWith("/*") && type.startsWith(item.slice(0, -1))));
}
