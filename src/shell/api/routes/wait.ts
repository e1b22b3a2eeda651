import { compileFilter } from "../../../core/rules/filter/index.js";
import { WaitError } from "../../live/wait.js";
import { ApiError, route } from "../route.js";
import { integer, number, optional, string } from "../schema.js";
import { ENTRY, entryAnswer, VERBOSITY } from "./entries.js";

/** waits at once */
const MOST = 200;
/** seconds */
const LONGEST = 300;
const TIMEOUT = 10;

let waiting = 0;

export const WAIT = {
	name: "wait",
	description: "a message that is to come",
	routes: [
		route({
			method: "GET",
			path: "/wait",
			name: "waitFor",
			summary: "Answers with the first entry that matches, when it comes",
			more: "Entries that are kept count too, unless `after` says otherwise: give the number of the last one that was seen.",
			query: {
				filter: string("what it has to match (docs/reference/filter.md)", { min: 1, max: 16_384 }),
				timeout: optional(number(`seconds; default ${TIMEOUT}`, 0, LONGEST)),
				after: optional(integer("only entries after this one; default 0")),
				verbosity: VERBOSITY,
			},
			answers: {
				200: { description: "the entry", schema: ENTRY },
				404: { description: "nothing matched in time: says what came instead" },
			},
			handle: async ({ query: { filter, timeout = TIMEOUT, after = 0, verbosity = 0 }, gone }, context) => {
				const compiled = compileFilter(filter);
				if (waiting >= MOST) throw new ApiError(503, "Too many waits", `${MOST} requests wait already`);
				waiting++;
				try {
					const entry = await context.proxy.waitFor(compiled, { timeout: timeout * 1000, after, signal: gone });
					return entryAnswer(context, entry, verbosity);
				} catch (error) {
					if (error instanceof WaitError) throw new ApiError(404, "Nothing matched in time", error.message);
					throw error;
				} finally {
					waiting--;
				}
			},
		}),
	],
};
