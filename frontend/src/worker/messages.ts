/** What a page says to a waiting worker: no draft is open, take over. */
export const START_NOW = "start-now";
