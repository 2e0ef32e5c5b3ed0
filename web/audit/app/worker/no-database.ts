/** In the place of SQLite: in a browser, books are kept in memory. */
export default class NoDatabase {
  constructor() {
    throw new Error("a browser has no database");
  }
}
