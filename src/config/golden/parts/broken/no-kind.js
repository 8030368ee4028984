export default { name: "thing", settings: {} };
