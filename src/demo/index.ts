export { CallError } from "./client/calls.js";
export { Chat, type Receipt, type ScreenLine } from "./client/chat.js";
export { Client, createClient } from "./client/client.js";
export type { Shown } from "./client/judge.js";
export type { ClientOptions, SayOptions } from "./client/settings.js";
export { createFocus, Focus } from "./focus/focus.js";
export { DEFAULT_BEHAVIOUR, type FocusBehaviour, type FocusOptions, type GroupOptions } from "./focus/settings.js";
export { PlaceError } from "./net/link.js";
export { countedIds, type Ids, randomIds } from "./wire/ids.js";
