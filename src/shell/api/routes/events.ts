import { compileFilter } from "../../../core/rules/filter/index.js";
import { EVENT_KINDS, type EventKind } from "../feed.js";
import { ApiError, route } from "../route.js";
import { integer, optional, string } from "../schema.js";
import { FILTER, VERBOSITY } from "./entries.js";

export const EVENTS = {
	name: "events",
	description: "what happens, as it happens",
	routes: [
		route({
			method: "GET",
			path: "/events",
			name: "streamEvents",
			summary: "Server-sent events: entries with their numbers as ids, and what happens to them and to held messages",
			more:
				"`entry`: an entry. `late`, `marks`: a finding or marks of one that was told before. `held`, `resumed`, `dropped`, `lost`: a held message. `breakpoints`, `rules`: they changed. " +
				"`gap`: the reader was too slow, or away for too long, and entries in between are kept no more. With Last-Event-ID, or `after`, the stream goes on behind that entry; " +
				"without, it begins with the next one.",
			query: {
				filter: FILTER,
				after: optional(integer("only entries after this one; Last-Event-ID counts more")),
				verbosity: VERBOSITY,
				kinds: optional(string(`kinds of events, with commas: ${EVENT_KINDS.join(",")}; default: all`, { max: 100 })),
			},
			answers: { 200: { description: "the stream", type: "text/event-stream" } },
			handle: ({ query: { filter, after, verbosity = 0, kinds }, headers }, { feed }) => {
				const compiled = filter === undefined ? undefined : compileFilter(filter);
				const options = { filter: compiled, after: resumed(headers.get("last-event-id")) ?? after, verbosity, kinds: kindsOf(kinds) };
				feed.room();
				return { stream: (response) => feed.open(response, options) };
			},
		}),
	],
};

/** Browsers and clients send the last id that they saw when they come back. */
function resumed(id: string | undefined): number | undefined {
	return id !== undefined && /^\d{1,15}$/.test(id) ? Number(id) : undefined;
}

function kindsOf(text: string | undefined): ReadonlySet<EventKind> {
	if (text === undefined) return new Set(EVENT_KINDS);
	const names = text.split(",").map((name) => name.trim());
	const wrong = names.find((name) => !EVENT_KINDS.includes(name as EventKind));
	if (wrong !== undefined) throw new ApiError(400, "Bad request", `kinds: no kind "${wrong}"; there are ${EVENT_KINDS.join(", ")}`);
	return new Set(names as EventKind[]);
}
