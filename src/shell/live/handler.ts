import type { BreakpointStage } from "../../core/breakpoints/stage.js";
import type { HeldMessage, ResumeOptions } from "../../core/breakpoints/types.js";

type Decision = "resume" | "drop" | ResumeOptions | undefined;
/** Says what is to become of a held message; nothing: it goes on. */
// biome-ignore lint/suspicious/noConfusingVoidType: a handler that only looks answers nothing
export type BreakpointHandler = (held: HeldMessage) => Decision | void | Promise<Decision | void>;

/** Asks a handler and does what it says. Its failure is the caller's, and never what keeps a message from going on. */
export async function handleHeld(stage: BreakpointStage, held: HeldMessage, handler: BreakpointHandler): Promise<void> {
	try {
		const decision = (await handler(held)) ?? "resume";
		// It may have gone on already: its time was over, the connection is, or the handler did so itself.
		if (!stage.holds(held.id)) return;
		if (decision === "drop") stage.drop(held.id);
		else stage.resume(held.id, decision === "resume" ? {} : decision);
	} catch (error) {
		if (stage.holds(held.id)) stage.resume(held.id);
		process.nextTick(() => {
			throw error;
		});
	}
}
