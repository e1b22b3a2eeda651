import { connectionJson } from "../held-json.js";
import { ApiError, DONE, ok, route } from "../route.js";
import { choice, integer, object, octets, optional, string } from "../schema.js";

/** octets of one injection, as the breakpoints' own limit */
const MOST = 8 << 20;

const CONNECTION = {
	type: "object",
	required: ["id", "client", "listen", "server", "began", "flows"],
	properties: {
		id: { type: "integer" },
		hop: { type: "string" },
		protocol: { type: "string", enum: ["sip", "msrp"], description: "absent: not known yet, or neither" },
		client: { type: "string" },
		listen: { type: "string" },
		server: { type: "string" },
		began: { type: "string", description: "seconds since 1970" },
		flows: { type: "array", items: { type: "integer" }, description: "`flow` of entries of the client's leg and of the server's" },
	},
};

export const CONNECTIONS = {
	name: "connections",
	description: "connections through the proxy, and messages of one's own in them",
	routes: [
		route({
			method: "GET",
			path: "/connections",
			name: "listConnections",
			summary: "What is open, in order of opening",
			answers: { 200: { description: "the connections", schema: { type: "array", items: CONNECTION } } },
			handle: (_request, { proxy }) => ok(proxy.breakpoints.connections.map(connectionJson)),
		}),
		route({
			method: "POST",
			path: "/connections/{id}/inject",
			name: "inject",
			summary: "Sends octets, between two messages, as if the other side had sent them",
			more: "What they are is not looked at: lengths have to be right, or wrong on purpose.",
			parameters: { id: integer("id of the connection", 1) },
			body: object({
				to: choice("who gets them", ["server", "client"]),
				octets: optional(octets("the message; or give `message`", MOST)),
				message: optional(string("the message as text, UTF-8; line ends are to be \\r\\n", { min: 1, max: MOST })),
			}),
			answers: { 204: { description: "it goes out as soon as no other message is under way" } },
			handle: ({ path, body }, { proxy }) => {
				const { to, octets, message } = body;
				if ((octets === undefined) === (message === undefined)) throw new ApiError(400, "Bad request", "give one of octets and message");
				if (!proxy.breakpoints.connections.some(({ id }) => id === path.id)) {
					throw new ApiError(404, "No such connection", `no connection ${path.id} is open; GET /connections lists them`);
				}
				proxy.inject(path.id, to, octets ?? message!);
				return DONE;
			},
		}),
	],
};
