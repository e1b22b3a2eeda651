import type { End } from "../../classify/knowledge/hop.js";
import type { SipEntry } from "../../model/entry.js";
import { FifoMap } from "../../session/bounded.js";
import { owned } from "../../session/text.js";
import { excerpt } from "./say.js";
import type { ClauseCheck } from "./types.js";

interface Said {
	entry: number;
	uri: string;
	types: string[];
	judged: boolean;
}

const DESCRIPTIONS = 8;

/**
 * C37. Which end is the room shows when the answer is there, so descriptions wait until then. RFC 7701 binds a server that says
 * a=chatroom; of another conference (OMA, RCS) it is worth knowing only.
 */
export const C37: ClauseCheck = {
	id: "C37",
	title: "accept-types: of the server exactly message/cpim, of the client with message/cpim",
	roles: ["SV", "SC"],
	level: "MUST",
	when: "SDP of a conference",
	clause: "RFC 7701 §5.2",
	evidence: "the accept-types line",
	create(scope) {
		const waiting = new FifoMap<string, Said[]>(scope.limits.sessions);
		const judge = (session: string): void => {
			const call = scope.call(session);
			const focus = call.focusEnd;
			if (!call.isConference || focus === undefined) return;
			for (const said of waiting.get(session) ?? []) {
				const { entry, uri, types } = said;
				if (said.judged) continue;
				const end = ([0, 1] as End[]).find((side) => call.hops.some(({ paths }) => paths[side].includes(uri)));
				if (end === undefined) continue;
				said.judged = true;
				const server = end === focus;
				const right = types.includes("message/cpim") || types.includes("*") || types.includes("message/*");
				const exact = types.length === 1 && types[0] === "message/cpim";
				const text = server
					? exact
						? "the server takes message/cpim alone"
						: "the server takes something else than message/cpim"
					: right
						? "the client takes message/cpim"
						: "the client does not take message/cpim";
				const bound = !server || call.hops.some(({ chatroom }) => chatroom[focus]);
				scope.say({
					result: (server ? exact : right) ? "pass" : bound ? "violation" : "info",
					session,
					entries: [entry],
					text,
					excerpt: excerpt(`a=accept-types:${types.join(" ")}`),
					blame: server ? "switch" : "client",
				});
			}
		};
		return {
			sip(entry) {
				const { session } = entry.links;
				const { kind, method, status } = entry.sip;
				// The answer to an offer in a 2xx stands in the ACK (RFC 3264 §4, RFC 3261 §13.2.1).
				if (session === undefined || entry.links.repeats !== undefined || (method !== "INVITE" && method !== "ACK")) return;
				const said = describe(entry);
				if (said !== undefined) {
					const list = waiting.get(session) ?? [];
					// Every hop and every re-INVITE shows the same description again.
					if (list.length < DESCRIPTIONS && !list.some((one) => one.uri === said.uri && one.types.join() === said.types.join()))
						list.push(said);
					waiting.set(session, list);
				}
				if (method === "ACK" || (kind === "response" && status >= 200 && status < 300)) judge(session);
			},
			end() {
				for (const session of [...waiting.keys()]) judge(session);
			},
		};
	},
};

function describe(entry: SipEntry): Said | undefined {
	const msrp = entry.sdp?.media.find((media) => media.msrp?.acceptTypes !== undefined && media.port !== 0)?.msrp;
	const uri = msrp?.path.at(-1);
	if (uri === undefined) return undefined;
	return {
		entry: entry.number,
		uri: owned(uri),
		types: msrp!.acceptTypes!.slice(0, 32).map((type) => owned(type.toLowerCase())),
		judged: false,
	};
}
