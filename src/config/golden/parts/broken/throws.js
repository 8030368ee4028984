throw new Error("no such sensor bus");
