"""Search by what code says: postings of every symbol, typos, vectors, and how they are joined."""
