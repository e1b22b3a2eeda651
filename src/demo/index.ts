export { PlaceError } from "../shell/net/links/link.js";
export { CallError } from "./client/calls.js";
export type { Chat, Receipt, ScreenLine } from "./client/chat.js";
export { type Client, createClient } from "./client/client.js";
export type { Shown } from "./client/judge.js";
export type { ClientOptions, SayOptions } from "./client/settings.js";
export { createFocus, type Focus } from "./focus/focus.js";
export type { FocusBehaviour, FocusOptions, GroupOptions } from "./focus/settings.js";
export { countedIds, type Ids, randomIds } from "./wire/ids.js";
