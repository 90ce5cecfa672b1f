/** Style sheets are imported for the bundler, which puts them into one file beside the script. */
declare module "*.css";
