module.exports = {
  testMatch: ["**/*.spec.js"],
  transform: {
    "\\.m?js$": ["babel-jest", { presets: [["@babel/preset-env", { targets: { node: "current" } }]] }],
  },
  transformIgnorePatterns: ["/node_modules/(?!(sojourn|content-disposition|oauth4webapi)/)"],
};
