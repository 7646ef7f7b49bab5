// What Dash loads for the study, and nothing imports: Dash adds a query to its address, so that an import
// would be a second instance.
import { start } from "./js/study/page.mjs";

start();
