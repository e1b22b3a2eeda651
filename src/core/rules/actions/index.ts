import { DELAY } from "./delay.js";
import { DROP } from "./drop.js";
import { LOG } from "./log.js";
import { SET_HEADER } from "./set-header.js";
import type { ActionDefinition } from "./types.js";

/** All actions, in the order of the reference page. */
export const ACTIONS: readonly ActionDefinition[] = [DROP, DELAY, SET_HEADER, LOG];

const TABLE: ReadonlyMap<string, ActionDefinition> = new Map(ACTIONS.map((action) => [action.name, action]));

export function actionNamed(name: string): ActionDefinition | undefined {
	return TABLE.get(name);
}
