export const API_PORT = 8475;
/** characters */
export const SHORTEST_TOKEN = 16;
