import type { Verdict } from "../classify/classifier.js";
import type { Conversation } from "../classify/types.js";
import { type Block, type Part, point, uri } from "./types.js";

/** Where a compliant client files the message, and who files it elsewhere: the two kinds of client, and both before the rewriting. */
export function threadBlocks(verdict: Verdict): Block[] {
	const { conversation } = verdict;
	if (conversation === undefined) return [];
	const elsewhere: Part[][] = [];
	for (const [who, list] of [
		["", verdict.models],
		[", had nothing rewritten the signalling", verdict.unrewritten ?? []],
	] as const) {
		const groups: { models: string[]; other: Conversation }[] = [];
		for (const model of ["legacy", "isfocus"] as const) {
			const other = list.find((view) => view.model === model)?.conversation;
			if (other === undefined || equal(other, conversation)) continue;
			const group = groups.find((one) => equal(one.other, other));
			if (group === undefined) groups.push({ models: [model], other });
			else group.models.push(model);
		}
		for (const { models, other } of groups) {
			const clients =
				models.length === 2
					? "either kind of client"
					: models[0] === "legacy"
						? "a client that compares identities"
						: "a client that looks for isfocus";
			elsewhere.push([`by ${clients} under `, ...named(other), who]);
		}
	}
	const rest = elsewhere.flatMap((parts) => ["; ", ...parts]);
	return [point(["Filed under ", ...named(conversation), ...rest, "."])];
}

function named({ thread, uri: text }: Conversation): Part[] {
	const word = thread === "room" ? "the room" : thread === "private" ? "the private thread with" : "the chat with";
	if (text === "") return [thread === "room" ? "the room it came from" : `${word} somebody`];
	return [`${word} `, uri(text)];
}

function equal(a: Conversation, b: Conversation): boolean {
	return a.thread === b.thread && a.uri === b.uri;
}
