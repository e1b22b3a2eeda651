import type { Entry } from "../../core/model/entry.js";
import type { ScreenLine } from "../client/chat.js";
import { Cast } from "./cast.js";
import type { SceneResult } from "./scene.js";
import { USERS, type UserName } from "./script.js";

interface Views {
	identities: string | undefined;
	isfocus: string | undefined;
}

export interface Compared {
	lines: number;
	agreed: number;
	/** lines that differ, with what the pipeline says */
	differing: { user: UserName; line: ScreenLine; pipeline: Views | undefined }[];
}

/** Compares what clients made of their messages with what the pipeline says that clients of each kind make of them. */
export class Agreement {
	readonly #cast = new Cast();
	readonly #views = new Map<string, Views>();

	entry(entry: Entry): void {
		const user = this.#cast.userOf(entry);
		if (entry.protocol !== "msrp" || entry.flow.leg !== "client" || entry.dir !== 1 || entry.msrp.method !== "SEND") return;
		const view = (model: string) => entry.verdict?.models.find((one) => one.model === model)?.headline;
		this.#views.set(`${user} ${entry.msrp.messageId}`, { identities: view("legacy"), isfocus: view("isfocus") });
	}

	compare(chats: SceneResult["chats"]): Compared {
		const result: Compared = { lines: 0, agreed: 0, differing: [] };
		for (const user of USERS) {
			for (const line of chats[user].screen) {
				result.lines++;
				const pipeline = this.#views.get(`${user} ${line.messageId}`);
				if (pipeline?.identities === line.identities && pipeline.isfocus === line.isfocus) result.agreed++;
				else result.differing.push({ user, line, pipeline });
			}
		}
		return result;
	}
}
