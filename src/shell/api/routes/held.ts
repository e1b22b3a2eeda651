import type { HeldMessage, ResumeOptions } from "../../../core/breakpoints/types.js";
import type { ControlledProxy } from "../../live/controlled-proxy.js";
import { now } from "../../net/clock.js";
import { heldDetailJson, heldJson, octetsJson } from "../held-json.js";
import { ApiError, DONE, ok, route } from "../route.js";
import { boolean, either, integer, list, map, nothing, object, octets, optional, string, type Values } from "../schema.js";

const MOST = 16 << 20;
const HELD = {
	type: "object",
	required: ["id", "breakpoint", "connection", "to", "protocol", "entry", "length", "changed", "age", "left"],
	properties: {
		id: { type: "integer" },
		breakpoint: { type: "integer" },
		connection: { type: "integer" },
		to: { type: "string", enum: ["server", "client"] },
		protocol: { type: "string", enum: ["sip", "msrp"] },
		entry: { type: "integer", description: "number of the entry about it, as it came" },
		length: { type: "integer", description: "octets" },
		changed: { type: "boolean", description: "ALG profiles or rules changed it already" },
		age: { type: "number", description: "seconds that it has been held" },
		left: { type: "number", description: "seconds until its time is over" },
	},
};
const OCTETS = {
	octets: { type: "string", contentEncoding: "base64" },
	message: { type: "string", description: "the same as text, where it is UTF-8" },
};
const DETAIL = {
	...HELD,
	properties: {
		...HELD.properties,
		...OCTETS,
		before: { type: "object", properties: OCTETS, description: "as it came, where it was changed" },
	},
};
const id = integer("id of the held message", 1);
const headers = (what: string) =>
	optional(
		map(
			`headers of ${what}: a text replaces the first row of that name or adds one, several texts replace all rows, null takes them away`,
			either("value", either("value", string("value"), nothing("takes the rows away")), list("values, a row each", string("value"), 256)),
		),
	);
const EDIT = {
	octets: optional(octets("the whole message anew; or give `message`", MOST)),
	message: optional(string("the whole message anew, as text", { max: MOST })),
	startLine: optional(string("the first line")),
	headers: headers("SIP or MSRP"),
	cpim: headers("message/cpim"),
	body: optional(string("the body of the SIP message or MSRP chunk", { max: MOST })),
	text: optional(string("the innermost content: what message/cpim wraps, else the body", { max: MOST })),
	fix: optional(boolean("false: lengths and the end-line are left as the edit leaves them; default true")),
};
const RESUME = { ...EDIT, copies: optional(integer("how often it is sent once more behind itself; default 0", 0, 100)) };

export const HELD_MESSAGES = {
	name: "held",
	description: "messages that wait at breakpoints; what comes behind one in its direction waits too",
	routes: [
		route({
			method: "GET",
			path: "/held",
			name: "listHeld",
			summary: "What is held, the oldest first",
			answers: { 200: { description: "the messages, without octets", schema: { type: "array", items: HELD } } },
			handle: (_request, { proxy }) => ok(proxy.held.map((held) => heldJson(held, now()))),
		}),
		route({
			method: "POST",
			path: "/held/resume",
			name: "resumeAll",
			summary: "All held messages go on as they are",
			answers: { 204: { description: "they go on" } },
			handle: (_request, { proxy }) => {
				proxy.breakpoints.resumeAll();
				return DONE;
			},
		}),
		route({
			method: "GET",
			path: "/held/{id}",
			name: "getHeld",
			summary: "One held message with its octets",
			parameters: { id },
			answers: { 200: { description: "the message", schema: DETAIL } },
			handle: ({ path }, { proxy }) => ok(heldDetailJson(found(proxy, path.id), now())),
		}),
		route({
			method: "POST",
			path: "/held/{id}/preview",
			name: "previewHeld",
			summary: "What would be sent if it were resumed with these edits",
			parameters: { id },
			body: object(EDIT),
			bodyOptional: true,
			answers: { 200: { description: "the octets", schema: { type: "object", required: ["octets"], properties: OCTETS } } },
			handle: ({ path, body }, { proxy }) => {
				found(proxy, path.id);
				return ok(octetsJson(proxy.breakpoints.preview(path.id, editOf(body))));
			},
		}),
		route({
			method: "POST",
			path: "/held/{id}/resume",
			name: "resumeHeld",
			summary: "It goes on, as it is or edited",
			parameters: { id },
			body: object(RESUME),
			bodyOptional: true,
			answers: { 204: { description: "it goes on" } },
			handle: ({ path, body: { copies, ...edit } }, { proxy }) => {
				found(proxy, path.id);
				proxy.breakpoints.resume(path.id, { ...editOf(edit), ...(copies === undefined ? {} : { copies }) });
				return DONE;
			},
		}),
		route({
			method: "POST",
			path: "/held/{id}/drop",
			name: "dropHeld",
			summary: "It does not go on; an entry says so",
			parameters: { id },
			body: object({ reason: optional(string("for the entry", { max: 200 })) }),
			bodyOptional: true,
			answers: { 204: { description: "it is dropped" } },
			handle: ({ path, body }, { proxy }) => {
				found(proxy, path.id);
				proxy.breakpoints.drop(path.id, body.reason);
				return DONE;
			},
		}),
	],
};

function found(proxy: ControlledProxy, id: number): HeldMessage {
	if (proxy.breakpoints.holds(id)) return proxy.breakpoints.get(id);
	throw new ApiError(404, "Not held", `message ${id} is not held: it was never, has gone on, or was dropped; GET /held lists what is`);
}

function editOf({ message, ...edit }: Values<typeof EDIT>): ResumeOptions {
	if (message !== undefined && edit.octets !== undefined) throw new ApiError(400, "Bad request", "give one of octets and message");
	const all = { ...edit, octets: edit.octets ?? message };
	return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}
