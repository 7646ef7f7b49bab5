// What Dash loads for the stage, and nothing imports: Dash adds a query to its address, so that an import
// would be a second instance.
import { start } from "./js/stage/page.mjs";

start();
