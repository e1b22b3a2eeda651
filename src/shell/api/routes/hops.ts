import type { OpenHop } from "../../proxy/listen.js";
import { ApiError, created, DONE, ok, route } from "../route.js";
import { integer, object, string } from "../schema.js";

const HOP = {
	type: "object",
	required: ["id", "name", "listen", "address", "port", "insecure"],
	properties: {
		id: { type: "integer" },
		name: { type: "string" },
		listen: { type: "string", description: "with the real port" },
		address: { type: "string" },
		port: { type: "integer" },
		target: { type: "string", description: "absent: the client says" },
		insecure: { type: "boolean", description: "any certificate of the target is accepted" },
	},
};
const id = integer("id of the hop", 1);

export const HOPS = {
	name: "hops",
	description: "where the proxy listens and where it goes from there",
	routes: [
		route({
			method: "GET",
			path: "/hops",
			name: "listHops",
			summary: "What listens, in order",
			answers: { 200: { description: "the hops", schema: { type: "array", items: HOP } } },
			handle: (_request, { proxy }) => ok(proxy.hops),
		}),
		route({
			method: "POST",
			path: "/hops",
			name: "addHop",
			summary: "Adds a hop, which listens when this is answered",
			more: "Reading the configuration file again (SIGHUP) ends hops that were added here.",
			body: object({ hop: string("LISTEN=>TARGET,option=value, as --hop has it", { min: 1, max: 4_096 }) }),
			answers: { 201: { description: "the hop", schema: HOP } },
			handle: async ({ body }, { proxy }) => created(await proxy.addHop(body.hop)),
		}),
		route({
			method: "GET",
			path: "/hops/{id}",
			name: "getHop",
			summary: "One hop",
			parameters: { id },
			answers: { 200: { description: "the hop", schema: HOP } },
			handle: ({ path }, { proxy }) => ok(found(proxy.hops, path.id)),
		}),
		route({
			method: "DELETE",
			path: "/hops/{id}",
			name: "removeHop",
			summary: "Lets nobody in there any more; connections that are open go on",
			parameters: { id },
			answers: { 204: { description: "it listens no more" } },
			handle: async ({ path }, { proxy }) => {
				found(proxy.hops, path.id);
				await proxy.removeHop(path.id);
				return DONE;
			},
		}),
	],
};

function found(hops: readonly OpenHop[], id: number): OpenHop {
	const hop = hops.find((one) => one.id === id);
	if (hop === undefined) throw new ApiError(404, "No such hop", `no hop ${id}; GET /hops lists them`);
	return hop;
}
