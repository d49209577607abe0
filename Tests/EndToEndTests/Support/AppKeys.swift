/// A key pair of an app that exists in tests only.
enum AppKeys {
    static let privateKey = """
        -----BEGIN RSA PRIVATE KEY-----
        MIIEpAIBAAKCAQEA0x/VDhBvGQO+dNFsp4xCcku/3cPHLLkxBk8x10H0UFb+eq7v
        PQTSHs1Ab76IGAH1+EH4DLCS3jL5n8z/7QcZjMcIefbZar55gjvTyL/DIRQECiWj
        8NGZiZYY7x1+OOKe3pTXTaQQZnCblj2eVTNOBgTJddj9Z2nntHS4eMixnQ2kIQ7N
        gnpW/anqLEHdDpRYX/Fl9esfuylNFuy/yOB+H7ltMDpCobgH/j1w8ZZyOtTkKUKh
        M06IeaessUCD8FFm5sq9asp2fg0Cdu4ftSmpQpTqJZpJfp2/eVge25CWvmxE5sqn
        TQH43G+vKT6t4X6wUFDYc7fTdZvANafZWx3NnwIDAQABAoIBAF7mL5wHShD57FnR
        KyBy/QkoQIG792MEiWNXJMWn6VxVhkT6LiKE8LgUtbKk98Km2vvxF0EI+7NyQV+R
        w7Y1G0h6zLYZ/eer361pHAzgGaNcPmabPcJJTNUaCXIuFScXwqa1S8QkC5UoZ99U
        KkAM9DTjYPUeiOU7pwGn96WfPKslfZGr0Cupn71EeV1CxEkgU63QfY3lnLkCgZd6
        KX3YIORFArBKStiOf68U6oTaseWML/NaQ+4L5RJYl0Y6oNmy0/37oU/MXuB/rkDB
        wLTqQTZmyCwiLX6H6anWQ6j1eO3oj5BHluPI4Ddnz6iAUws+hn/aujtY3LQYusk7
        ARf01RUCgYEA+RpF0sDFzxgyjIRjMqrKiJv7JxSzK10frNKI2NoaVzAsP1b1kw9Y
        29GCTTrZF2FxlQPwtVWstjrRc/RhzDszYyVtb40nHsgQjWh1Av38SOh6CI5A7e15
        yt6CMUPBQB1OKL4eH/W/j1MpcbsSR/X/WkSTivRlnzTsHscqgAuu0aUCgYEA2Phb
        JUPTQYCdYCbyADgqvCejDRys5/cikx+Vx5rBl4+/UCwe6aiHXNN5Ivom51z06dA+
        2ShLoGe1rzwEW8VnzA2HUZTaDfZ0LyYaB1y+PIVdZTI6GROUvmkepK9JCojkz7wA
        c+XMSDlqZjgrG3P8JZldqpp5CSmoWoQBCGnkNvMCgYEA3gRflQ6BfynW68yWyTLV
        3tn/B/74Db8rGxJuK7CAZ5Mk7LMpnw+/p/PcSc8YbDFKVYE0ibo5fBWCVvHKNIfT
        LhvOpOzOoC26Kv6dw7Pxpl2lXnjDQAw3T+vvZ882r1kvLzr7iIq0WB7LwnT0PzTu
        iVqzkdZvuG0nwerLY2KGRo0CgYBo69DHuIDUUCnKcYrdaEviKRjEInXKxsvFcaSw
        nbm4XR8a2fso6wJqdSlDLMzbXSxiVP3PbZkEvKIzV0aUSmXjWzdw0BaSYffVRQuZ
        O9QS2DtN0Hgf4EQxwAu9f7ZGjeR4QGXHpfyfgIRfYhIWeIQaeou9EG4vbCGpg+Qr
        +WkO2QKBgQCA7VxZmQVZKu6CIW04T2Ype+IPTPgzdv9VB5aL+/+7NLzxSERIcrJF
        QzQYYScC6wR5r0+P/vq6AsrBSiEgb4bGSsZkY1w4Z3mRn4c2cC0kISEDFQAailfn
        62VQOY2+ACLLgiW+Vah5sQeCsZYkHfZFBNcmid+O4KQyZakCWNYKpQ==
        -----END RSA PRIVATE KEY-----
        """
    static let publicKey = """
        -----BEGIN PUBLIC KEY-----
        MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA0x/VDhBvGQO+dNFsp4xC
        cku/3cPHLLkxBk8x10H0UFb+eq7vPQTSHs1Ab76IGAH1+EH4DLCS3jL5n8z/7QcZ
        jMcIefbZar55gjvTyL/DIRQECiWj8NGZiZYY7x1+OOKe3pTXTaQQZnCblj2eVTNO
        BgTJddj9Z2nntHS4eMixnQ2kIQ7NgnpW/anqLEHdDpRYX/Fl9esfuylNFuy/yOB+
        H7ltMDpCobgH/j1w8ZZyOtTkKUKhM06IeaessUCD8FFm5sq9asp2fg0Cdu4ftSmp
        QpTqJZpJfp2/eVge25CWvmxE5sqnTQH43G+vKT6t4X6wUFDYc7fTdZvANafZWx3N
        nwIDAQAB
        -----END PUBLIC KEY-----
        """
}
