import { PROFILES } from "../../../core/alg/index.js";
import { formatEpoch } from "../../../core/model/time.js";
import type { ControlledProxy } from "../../live/controlled-proxy.js";
import { ok, route } from "../route.js";
import { list, object, string } from "../schema.js";

const counts = { type: "object", additionalProperties: { type: "integer" } };
const STATE = {
	type: "object",
	required: ["profiles", "since", "connections", "rewritten", "verdicts", "models"],
	properties: {
		profiles: { type: "array", items: { type: "string" }, description: "from the inside to the outside; none: no ALG" },
		since: { type: "string", description: "when they were set, seconds since 1970" },
		connections: { type: "integer", description: "open connections, which they are for too" },
		rewritten: { ...counts, description: "messages changed since then, by profile, rule or stage" },
		verdicts: { type: "integer", description: "messages since then that clients of some kind show as something else because of rewriting" },
		models: { ...counts, description: "the same by kind of client" },
	},
};

export const ALG = {
	name: "alg",
	description: "boxes in the path that rewrite SIP and SDP",
	routes: [
		route({
			method: "GET",
			path: "/alg",
			name: "getAlg",
			summary: "The profiles of the moment, and what they did since they were set",
			answers: { 200: { description: "the ALG", schema: STATE } },
			handle: (_request, { proxy }) => ok(stateOf(proxy)),
		}),
		route({
			method: "PUT",
			path: "/alg",
			name: "setAlg",
			summary: "Other profiles from the next message on, in open connections too",
			more: "Calls that were begun before keep the addresses that they were shown. The counts begin anew.",
			body: object({
				profiles: list(
					"from the inside to the outside, NAME[:OPTION=VALUE]; none switches the ALG off",
					string("profile", { min: 1, max: 500 }),
					50,
				),
			}),
			answers: { 200: { description: "the ALG", schema: STATE } },
			handle: ({ body }, { proxy }) => {
				proxy.setAlg(body.profiles);
				return ok(stateOf(proxy));
			},
		}),
		route({
			method: "GET",
			path: "/alg/profiles",
			name: "listAlgProfiles",
			summary: "The profiles that there are (docs/reference/alg.md)",
			answers: {
				200: {
					description: "the profiles",
					schema: { type: "array", items: { type: "object", properties: { name: { type: "string" }, imitates: { type: "string" } } } },
				},
			},
			handle: () => ok(PROFILES.map(({ name, imitates }) => ({ name, imitates }))),
		}),
	],
};

function stateOf(proxy: ControlledProxy): object {
	const { profiles, since, rewritten, verdicts, models } = proxy.alg;
	return {
		profiles,
		since: formatEpoch(since),
		connections: proxy.connections,
		rewritten: Object.fromEntries(rewritten),
		verdicts,
		models: Object.fromEntries(models),
	};
}
